/** Arguments that only one tool takes: `chmod +x`, `ps aux`, `wmic process`, `rundll32 x.dll`. */
export function isToolArgument(name: string, head: string): boolean {
  switch (name) {
    case 'chmod':
      return /^(?:[ugoa]*[+=-][rwxst]|[0-7]{3,4}\s)/.test(head);
    case 'ps':
      return /^(?:-ef|-?auxw*|-?ax)(?![\w-])/.test(head);
    case 'wmic':
      return /^(?:process|os|useraccount|service|logicaldisk|product|qfe|computersystem|startup|\/)/.test(head);
    case 'rundll32':
      return /^(?:javascript:|shell32|url|zip|[\w\\:.]+\.dll)/.test(head);
    default:
      return false;
  }
}

/** The accounts, one that every system has, or one with a password or an option after it. */
const ACCOUNT = /^(?:user|localgroup)(?:\s*(?:[;|&/]|$)|\s+"?(?:administra\w+|guest)\b|\s+\S+\s+(?:\/|\S*[^a-z\s]))/;

/**
 * Arguments as `dir c:\`, `net user`, `reg query`, `ping -n 3`, `type %x%` have them.
 *
 * @param isFirst - whether the text begins with the command, as a search may: `net user guide`
 */
export function isWindowsArgument(name: string, head: string, isFirst: boolean): boolean {
  if (/^['"]?[a-z]:(?:[\\/\s|&;]|$)/.test(head) && name !== 'echo') return true;
  switch (name) {
    case 'net':
      return (
        (isFirst ? ACCOUNT : /^(?:user|localgroup)(?:\s+\S|\s*[;|&]|$)/).test(head) ||
        /^(?:view|use|share|accounts|session)\s*(?:$|[;|&/\\]|\w:)/.test(head)
      );
    case 'reg':
      return /^(?:query|add|delete|save|export)\s+['"]?hk/.test(head);
    case 'sc':
      return /^(?:query|create|stop|start|config|delete)\s+\w/.test(head);
    case 'ping':
      return /^-[nclitw]\s?\d/.test(head);
    case 'type':
    case 'copy':
    case 'del':
    case 'dir':
    case 'more':
      return /^(?:%\w+%|[\\/][\w\\]|\.\.[\\/]|\/[absqfwo](?:[\s:]|$))/.test(head);
    case 'set':
      return /^\/[ap]\s/.test(head);
    case 'timeout':
      return /^\/t\s/.test(head);
    default:
      return false;
  }
}
