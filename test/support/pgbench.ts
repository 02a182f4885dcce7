import type { RigStack } from './golden-rig.ts';

/** What pgbench's own bookkeeping says: every transaction adds its amount to all four. */
export interface Sums {
  readonly accounts: number;
  readonly tellers: number;
  readonly branches: number;
  readonly history: number;
  readonly transactions: number;
}

const sql = [
  'select (select sum(abalance) from pgbench_accounts)',
  '(select sum(tbalance) from pgbench_tellers)',
  '(select sum(bbalance) from pgbench_branches)',
  '(select coalesce(sum(delta), 0) from pgbench_history)',
  '(select count(*) from pgbench_history)',
].join(', ');

export async function pgInit(stack: RigStack, scale: number): Promise<void> {
  await stack.exec('db', 'pgbench', '-U', 'postgres', '-q', '-i', '-s', String(scale), 'bench');
}

/** Runs transactions for some seconds and returns what pgbench printed. */
export function pgLoad(stack: RigStack, seconds: number, clients = 4): Promise<string> {
  return stack.exec('db', 'pgbench', '-U', 'postgres', '-n', '-c', String(clients), '-T', String(seconds), 'bench');
}

/** Ends what `pgLoad` began: its result is a failure then. Transactions that were under way never were. */
export async function pgEndLoad(stack: RigStack): Promise<void> {
  const end = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgbench'";
  await stack.exec('db', 'psql', '-U', 'postgres', '-d', 'bench', '-Atc', end);
}

export async function pgTransactions(stack: RigStack, count: number): Promise<void> {
  await stack.exec('db', 'pgbench', '-U', 'postgres', '-n', '-c', '1', '-t', String(count), 'bench');
}

/** One transaction, so that the four are of one instant. */
export async function pgSums(stack: RigStack): Promise<Sums> {
  const text = await stack.exec('db', 'psql', '-U', 'postgres', '-d', 'bench', '-Atc', sql);
  const [accounts = 0, tellers = 0, branches = 0, history = 0, transactions = 0] = text.trim().split('|').map(Number);
  return { accounts, tellers, branches, history, transactions };
}

/** Throws when an index does not match its table or a page is damaged. */
export async function pgCheck(stack: RigStack): Promise<void> {
  await stack.exec(
    'db',
    'pg_amcheck',
    '-U',
    'postgres',
    '--install-missing',
    '--heapallindexed',
    '--parent-check',
    '-d',
    'bench',
  );
}
