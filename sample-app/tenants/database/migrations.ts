/** Each changes what the one before left. Once released, none of them is edited: what is wrong is put right by the next. */
const STEPS: readonly string[] = [
  `CREATE TABLE tenant_origins (
     id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     tenant text NOT NULL,
     origin text NOT NULL UNIQUE,
     added_at timestamptz NOT NULL DEFAULT now()
   );`,

  // A trigger announces what happens by whatever way: our own endpoint, another service, somebody with psql.
  // PostgreSQL delivers it when the transaction commits, so that whoever looks then sees the change.
  `CREATE FUNCTION announce_tenant_origin() RETURNS trigger LANGUAGE plpgsql AS $function$
   BEGIN
     IF TG_OP = 'TRUNCATE' THEN
       PERFORM pg_notify('tenant_origins', '');
     ELSE
       IF TG_OP <> 'INSERT' THEN PERFORM pg_notify('tenant_origins', OLD.origin); END IF;
       IF TG_OP <> 'DELETE' THEN PERFORM pg_notify('tenant_origins', NEW.origin); END IF;
     END IF;
     RETURN NULL;
   END $function$;
   CREATE TRIGGER tenant_origin_changed AFTER INSERT OR UPDATE OR DELETE ON tenant_origins
     FOR EACH ROW EXECUTE FUNCTION announce_tenant_origin();
   CREATE TRIGGER tenant_origins_emptied AFTER TRUNCATE ON tenant_origins
     FOR EACH STATEMENT EXECUTE FUNCTION announce_tenant_origin();`,
];

/** Any number, as long as it is always the same: it is what two instances that start at once wait for. */
const LOCK = 7_301_955;

/**
 * Brings any earlier schema up to date, and does nothing to the current one. One statement is one transaction:
 * it happens as a whole or not at all.
 */
export const MIGRATE = `DO $migrate$
BEGIN
  PERFORM pg_advisory_xact_lock(${LOCK});
  CREATE TABLE IF NOT EXISTS schema_steps (step integer PRIMARY KEY);
${STEPS.map(
  (sql, step) => `
  IF NOT EXISTS (SELECT FROM schema_steps WHERE step = ${step}) THEN
    ${sql}
    INSERT INTO schema_steps VALUES (${step});
  END IF;`,
).join('\n')}
END $migrate$`;
