/** Scheme of a URL; a path that was made absolute has one slash left of the two. */
const SCHEME = String.raw`\b[a-z][a-z0-9+.-]*:\/{1,2}`;
/** User and password. A password may hold the marks that end a host, where what stands behind the colon is no port. */
const USER = new RegExp(`(${SCHEME})(?:[^\\s/?#'"\`]*|[^\\s/?#:]*:(?!\\d*(?:[/?#]|$))\\S*)@`, 'gi');
const QUERY = new RegExp(`(${SCHEME}[^\\s?#'"\`]*)([?#])[^\\s'"\`]+`, 'gi');

/** A text whose URLs lack what may be secret in them: user, password, query and fragment. */
export function withoutUrlSecrets(text: string): string {
  return text.includes(':/') ? text.replace(USER, '$1').replace(QUERY, '$1$2...') : text;
}
