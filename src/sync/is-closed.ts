/** Whether an incident's status means that nobody works on it any more. */
export function isClosed(status: string): boolean {
  return /^(?:Closed|Rejected)\b/i.test(status);
}
