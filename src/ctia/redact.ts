/** Strikes secrets out of text that may be logged or shown. */
export type Redactor = (text: string) => string;

const STRUCK = '[redacted]';

/**
 * A redactor that knows what secrets look like in requests and answers (bearer tokens, JSON Web Tokens, basic
 * credentials, the `s=` of a feed's URL, secret JSON members) and those values that `secrets` holds at the time.
 */
export function redactor(secrets: ReadonlySet<string>): Redactor {
  return (text) => {
    let clean = text;
    for (const secret of secrets) clean = clean.replaceAll(secret, STRUCK);
    return clean
      .replace(/\b(Bearer|Basic) [\w.~+/=-]+/gi, `$1 ${STRUCK}`)
      .replace(/\beyJ[\w-]{5,}\.[\w.-]*/g, STRUCK)
      .replace(/([?&]s=)[^&\s"'<>]+/g, `$1${STRUCK}`)
      .replace(/("(?:access_token|client_password|client_secret|secret)"\s{0,9}:\s{0,9}")[^"]+/g, `$1${STRUCK}`);
  };
}
