/** What an operator is told when everything was read and bundles are left, and what to do. */
export function describeUndelivered(waiting: number, parked: number): string {
  const told = [
    ...(waiting === 0 ? [] : [`${waiting} not delivered, which the next start with this state file sends`]),
    ...(parked === 0 ? [] : [`${parked} refused, which sightline outbox retry sends again once the reason is mended`]),
  ];
  return `bundles are left: ${told.join('; ')}; sightline outbox list tells the reasons`;
}
