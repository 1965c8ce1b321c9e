import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PGlite } from '@electric-sql/pglite';
import { onTestFinished } from 'vitest';

/** A contact to begin with. */
export interface Row {
  readonly name: string;
  readonly email: string | null;
  readonly phone_number: string | null;
  readonly identifier: string | null;
  /** Unix seconds, with fractions. */
  readonly created_at: number;
  /** Unix seconds. */
  readonly last_activity_at: number | null;
}

/** Columns and indexes as upstream's schema has them, as far as they can matter to the order of a list. */
const SCHEMA = `
  CREATE TABLE contacts (
    id bigserial PRIMARY KEY, name varchar DEFAULT '', email varchar, phone_number varchar, account_id integer NOT NULL,
    created_at timestamp(6) NOT NULL, updated_at timestamp(6) NOT NULL, additional_attributes jsonb DEFAULT '{}',
    identifier varchar, custom_attributes jsonb DEFAULT '{}', last_activity_at timestamp, blocked boolean DEFAULT false
  );
  CREATE INDEX ON contacts (account_id);
  CREATE INDEX ON contacts (account_id, last_activity_at DESC NULLS LAST);
  CREATE INDEX ON contacts (account_id, email, phone_number, identifier)
    WHERE email <> '' OR phone_number <> '' OR identifier <> '';
  CREATE INDEX ON contacts (lower(email), account_id);
  CREATE INDEX ON contacts (phone_number, account_id);
  CREATE UNIQUE INDEX ON contacts (email, account_id);
  CREATE UNIQUE INDEX ON contacts (identifier, account_id);
`;
const RESOLVED = `account_id = 1 AND (email <> '' OR phone_number <> '' OR identifier <> '')`;
/** Upstream's ORDER BY for each sort key (livedesk-api.md 5.8). */
const ORDER_BY: Readonly<Record<string, (direction: 'ASC' | 'DESC') => string>> = {
  name: (direction) => `LOWER(contacts.name) ${direction}`,
  email: (direction) => `LOWER(contacts.email) ${direction}`,
  phone_number: (direction) => `LOWER(contacts.phone_number) ${direction}`,
  created_at: (direction) => `"contacts"."created_at" ${direction} NULLS LAST`,
  last_activity_at: (direction) => `"contacts"."last_activity_at" ${direction} NULLS LAST`,
};

/** A list of contacts answered by PostgreSQL itself. `severalKeys` says whether `sort=a,b` sorts by both or by the first. */
export async function postgresList(rows: readonly Row[]) {
  let severalKeys = true;
  const db = await PGlite.create();
  await db.exec(SCHEMA);
  // as upstream's import: many rows in one statement
  for (let at = 0; at < rows.length; at += 1000) {
    await db.query(
      `INSERT INTO contacts (account_id, name, email, phone_number, identifier, created_at, updated_at, last_activity_at)
       SELECT 1, r.name, r.email, r.phone_number, r.identifier, to_timestamp(r.created_at), now(), to_timestamp(r.last_activity_at)
       FROM jsonb_to_recordset($1) AS r(name text, email text, phone_number text, identifier text, created_at float8, last_activity_at float8)`,
      [JSON.stringify(rows.slice(at, at + 1000))],
    );
  }
  await db.exec('ANALYZE contacts');

  async function page(query: URLSearchParams): Promise<object> {
    const number = Math.max(1, Number(query.get('page') ?? 1));
    const direction = query.get('direction') === 'desc' ? 'DESC' : 'ASC';
    const given = (query.get('sort') ?? '').split(',');
    const order = (severalKeys ? given : given.slice(0, 1)).flatMap(
      (key) => ORDER_BY[key]?.(direction) ?? [],
    );
    const by = order.length > 0 ? `ORDER BY ${order.join(', ')}` : '';
    const found = await db.query<{ readonly [column: string]: unknown }>(
      `SELECT id, name, email, phone_number, identifier, floor(extract(epoch FROM created_at))::int AS created_at,
              floor(extract(epoch FROM last_activity_at))::int AS last_activity_at
       FROM contacts WHERE ${RESOLVED} ${by} LIMIT 15 OFFSET ${(number - 1) * 15}`,
    );
    const { rows: counted } = await db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM contacts WHERE ${RESOLVED}`,
    );
    const payload = found.rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== null || !/_at$/.test(name))),
    );
    return { meta: { count: counted[0]?.count, current_page: String(number) }, payload };
  }

  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    void page(new URL(request.url ?? '', 'http://localhost').searchParams).then((body) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await db.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    /** Begins to count anew. */
    takeSortKeys(several: boolean): void {
      severalKeys = several;
      requests = 0;
    },
  };
}
