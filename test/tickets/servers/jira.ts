import { type Asked, type Loopback, listen, type Told } from './loopback.ts';

/**
 * The part of Jira Cloud that docs/tickets/jira.yaml uses, as strict as its documentation (developer.atlassian.com, "The
 * Jira Cloud platform REST API", version 3) says requests must be.
 */
export interface JiraServer extends Loopback {
  readonly auth: { readonly user: string; readonly secret: string };
  /** Text of an issue's description. */
  descriptionOf(key: string): string;
}

interface Issue {
  readonly key: string;
  readonly fields: Record<string, unknown>;
  readonly description: string;
  readonly comments: { body: unknown }[];
}

const STATUSES: Readonly<Record<string, string>> = { 11: 'To Do', 21: 'In Progress', 31: 'Done' };
const PRIORITIES = ['Highest', 'High', 'Low'];
const ALICE = { accountId: '5b10a2844c20165700ede21g', emailAddress: 'alice@example.org', displayName: 'Alice' };

export async function startJira(): Promise<JiraServer> {
  const auth = { user: 'sightline@example.org', secret: 'ATATT3xFfGF0-secret-of-jira' };
  const issues = new Map<string, Issue>();
  let updates = 0;
  const wanted = `Basic ${Buffer.from(`${auth.user}:${auth.secret}`).toString('base64')}`;
  const refuse = (errors: Record<string, string>): Told => ({ status: 400, body: { errorMessages: [], errors } });
  /** Each change has another time, in the form that Jira writes. */
  const touch = (fields: Record<string, unknown>): void => {
    fields.updated = new Date(Date.UTC(2026, 10, 22, 12) + updates++ * 1000).toISOString().replace('Z', '+0000');
  };

  function answer({ method, path, query, headers, text }: Asked): Told {
    if (headers.authorization !== wanted) {
      return {
        status: 401,
        body: { errorMessages: [`Client must be authenticated, not by ${headers.authorization}`] },
      };
    }
    const body = text === '' ? {} : JSON.parse(text);
    if (method !== 'GET' && headers['content-type'] !== 'application/json') return { status: 415 };
    if (method === 'POST' && path === '/rest/api/3/issue') return create(body.fields);
    if (method === 'GET' && path === '/rest/api/3/search/jql')
      return search(query.get('jql') ?? '', query.get('fields'));
    const [, key = '', part = ''] = /^\/rest\/api\/3\/issue\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    const issue = issues.get(decodeURIComponent(key));
    if (issue === undefined) {
      return {
        status: 404,
        body: { errorMessages: ['Issue does not exist or you do not have permission to see it.'], errors: {} },
      };
    }
    const { fields, comments } = issue;
    switch (`${method} ${part}`) {
      case 'GET ':
        return { status: 200, body: { key: issue.key, fields } };
      case 'PUT ': {
        const refusal = checkFields(body.fields);
        if (refusal !== null) return refusal;
        Object.assign(fields, body.fields);
        break;
      }
      case 'POST transitions': {
        const name = STATUSES[body.transition?.id];
        if (name === undefined) return refuse({ transition: 'It is not on the appropriate screen, or unknown.' });
        fields.status = { name };
        break;
      }
      case 'PUT assignee':
        if (body.accountId !== null && body.accountId !== ALICE.accountId)
          return refuse({ assignee: 'Specify a valid user.' });
        fields.assignee = body.accountId === null ? null : ALICE;
        break;
      case 'POST comment':
        if (textOfAdf(body.body) === null) return refuse({ comment: 'INVALID_INPUT' });
        comments.push({ body: body.body });
        return { status: 201, body: { id: '10000' } };
      case 'GET comment':
        return { status: 200, body: { startAt: 0, maxResults: 5000, total: comments.length, comments } };
      default:
        return { status: 405 };
    }
    touch(fields);
    return { status: 204 };
  }

  function checkFields(fields: Record<string, unknown> | undefined): Told | null {
    const { summary, priority } = fields ?? {};
    const isLine = summary === undefined || (typeof summary === 'string' && /^[^\r\n]{1,255}$/.test(summary));
    if (!isLine) return refuse({ summary: 'The summary is invalid because it contains newline characters.' });
    const isKnown = priority === undefined || PRIORITIES.includes((priority as { name: string }).name);
    return isKnown ? null : refuse({ priority: 'The priority selected is invalid.' });
  }

  function create({ project, issuetype, description, ...fields }: Record<string, unknown>): Told {
    const unknown = Object.keys(fields).find((name) => !['summary', 'priority', 'customfield_10050'].includes(name));
    if (unknown !== undefined) return refuse({ [unknown]: `Field '${unknown}' cannot be set.` });
    if ((project as { key?: string })?.key !== 'SEC') return refuse({ project: 'valid project is required' });
    if ((issuetype as { name?: string })?.name !== 'Task') return refuse({ issuetype: 'Specify a valid issue type' });
    const text = textOfAdf(description);
    if (text === null) return refuse({ description: 'Operation value must be an Atlassian Document' });
    const refusal = checkFields(fields);
    if (refusal !== null) return refusal;
    const key = `SEC-${issues.size + 1}`;
    issues.set(key, {
      key,
      description: text,
      comments: [],
      fields: { ...fields, status: { name: 'To Do' }, assignee: null },
    });
    touch(issues.get(key)?.fields ?? {});
    return { status: 201, body: { id: String(10_000 + issues.size), key, self: `/rest/api/3/issue/${key}` } };
  }

  function search(jql: string, fields: string | null): Told {
    const phrase = /^project = SEC AND cf\[10050\] ~ "\\"([^"\\]+)\\"" ORDER BY created$/.exec(jql)?.[1];
    if (phrase === undefined) return { status: 400, body: { errorMessages: [`Error in the JQL Query: ${jql}`] } };
    if (fields === null) return { status: 200, body: { issues: [], isLast: true } };
    // `~` looks for words in a row: it finds more than what is equal.
    const found = [...issues.values()].filter((issue) => String(issue.fields.customfield_10050).includes(phrase));
    return {
      status: 200,
      body: { issues: found.map((issue) => ({ key: issue.key, fields: issue.fields })), isLast: true },
    };
  }

  return { ...(await listen(answer)), auth, descriptionOf: (key) => issues.get(key)?.description ?? '' };
}

/** The text of an Atlassian Document made of code blocks and paragraphs of plain text; null when it is none. */
function textOfAdf(document: unknown): string | null {
  const { type, version, content } = (document ?? {}) as { type?: string; version?: number; content?: unknown[] };
  if (type !== 'doc' || version !== 1 || !Array.isArray(content)) return null;
  const texts = content.map((block) => {
    const { type: kind, content: inner } = block as { type: string; content: { type: string; text: string }[] };
    const isText =
      ['codeBlock', 'paragraph'].includes(kind) && inner.every((it) => it.type === 'text' && it.text !== '');
    return isText ? inner.map((it) => it.text).join('') : null;
  });
  return texts.includes(null) ? null : texts.join('\n');
}
