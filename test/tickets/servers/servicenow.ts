import { type Asked, type Loopback, listen, type Told } from './loopback.ts';

/**
 * The part of ServiceNow that docs/tickets/servicenow.yaml uses, by its documentation (docs.servicenow.com, "Table API").
 * Values that a choice or a reference does not know are passed over, as a business rule may do.
 */
export interface ServiceNowServer extends Loopback {
  readonly auth: { readonly user: string; readonly secret: string };
}

const COLUMNS = ['short_description', 'description', 'urgency', 'u_xdr_incident', 'state', 'assigned_to', 'work_notes'];
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  state: ['1', '2', '7'],
  urgency: ['1', '2', '3'],
  assigned_to: ['', '62826bf03710200044e0bfc8bcbe5df1'],
};

export async function startServiceNow(): Promise<ServiceNowServer> {
  const auth = { user: 'sightline', secret: 'secret-of-servicenow' };
  const records = new Map<string, Record<string, string>>();
  const journal: { element_id: string; value: string }[] = [];
  const wanted = `Basic ${Buffer.from(`${auth.user}:${auth.secret}`).toString('base64')}`;
  const fail = (status: number, message: string): Told => ({
    status,
    body: { error: { message, detail: '' }, status: 'failure' },
  });

  function write(record: Record<string, string>, changes: Record<string, string>): void {
    for (const [name, value] of Object.entries(changes)) {
      if (!COLUMNS.includes(name) || KNOWN[name]?.includes(value) === false) continue;
      if (name === 'work_notes') journal.push({ element_id: record.sys_id ?? '', value });
      else record[name] = value;
    }
    record.sys_updated_on = new Date().toISOString().slice(0, 19).replace('T', ' ');
  }

  function answer({ method, path, query, headers, text }: Asked): Told {
    if (headers.authorization !== wanted) return fail(401, `User Not Authenticated: ${headers.authorization}`);
    if (method === 'GET' && path === '/api/now/table/sys_journal_field') {
      const id = /^element_id=(\w+)\^element=work_notes$/.exec(query.get('sysparm_query') ?? '')?.[1];
      return { status: 200, body: { result: journal.filter((entry) => entry.element_id === id) } };
    }
    if (query.get('sysparm_exclude_reference_link') !== 'true' && method !== 'PATCH')
      return fail(400, 'references as links');
    const [, id] = /^\/api\/now\/table\/incident(?:\/([^/]+))?$/.exec(path) ?? [];
    if (id === undefined && method === 'GET') {
      const mark = /^u_xdr_incident=([^^]+)\^ORDERBYsys_created_on$/.exec(query.get('sysparm_query') ?? '')?.[1];
      return {
        status: 200,
        body: { result: [...records.values()].filter((record) => record.u_xdr_incident === mark) },
      };
    }
    if (id === undefined) {
      const sys_id = String(records.size + 1).padStart(32, 'a');
      const record: Record<string, string> = { sys_id, state: '1', assigned_to: '' };
      write(record, JSON.parse(text));
      records.set(sys_id, record);
      return { status: 201, body: { result: record } };
    }
    const record = records.get(decodeURIComponent(id));
    if (record === undefined) return fail(404, 'No Record found');
    if (method === 'PATCH') write(record, JSON.parse(text));
    return { status: 200, body: { result: record } };
  }

  return { ...(await listen(answer)), auth };
}
