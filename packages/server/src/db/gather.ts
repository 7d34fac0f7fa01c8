import { PaveError } from "../kernel/pave-error.ts";
import type { Ctx } from "./context.ts";
import { isOfStatement } from "./database-errors.ts";
import type { Database } from "./open-database.ts";

/*
 * Requests that come at the same moment ask the database together. What is asked for someone begins after they asked, so
 * that nobody is told of a state from before: that makes it no cache, and a token that was revoked is refused at once.
 */

interface Waiting<Question, Answer> {
  readonly question: Question;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

export interface Gathering<Question, Answer> {
  /** Answers in the order of the questions. */
  ask(ctx: Ctx, questions: readonly Question[]): Promise<readonly Answer[]>;
  /** How many may be asked at the same time; the others wait and go together. */
  readonly lanes: number;
  /** A group is closed when it weighs so much; a question weighs 1 unless `weigh` says otherwise. */
  readonly most: number;
  weigh?(question: Question): number;
}

/** Longer than a connection is waited for and a statement may take: what has not answered by then is not there any more. */
const mostMs = 60_000;

/**
 * A question that is asked alone while nobody else does and together otherwise. In a transaction it is asked there.
 *
 * Nobody gets an error of another's: a group that is refused is asked again in halves, one after the other, until those
 * that are at fault are alone. What would go wrong for any question (no answer in time, a lost connection, a server that
 * stops) is told to all of the group at once, so nobody waits for it more than twice.
 */
export function gathered<Question, Answer>(
  gathering: Gathering<Question, Answer>,
): (ctx: Ctx, question: Question) => Promise<Answer> {
  const queues = new WeakMap<Database, Queue<Question, Answer>>();
  return async (ctx, question) => {
    if (ctx.db.isTransaction) return first(await gathering.ask(ctx, [question]));
    const queue = queues.get(ctx.database) ?? { waiting: [], running: 0, isDue: false };
    queues.set(ctx.database, queue);
    return new Promise((resolve, reject) => {
      queue.waiting.push({ question, resolve, reject });
      begin(queue, gathering, ctx);
    });
  };
}

interface Queue<Question, Answer> {
  waiting: Waiting<Question, Answer>[];
  running: number;
  /** A group begins as soon as everything that has come by now was read. */
  isDue: boolean;
}

function begin<Q, A>(queue: Queue<Q, A>, gathering: Gathering<Q, A>, ctx: Ctx): void {
  if (queue.isDue || queue.running >= gathering.lanes || queue.waiting.length === 0) return;
  queue.isDue = true;
  setImmediate(() => {
    queue.isDue = false;
    const group = takeGroup(queue, gathering);
    queue.running += 1;
    void settle(group, gathering, ctx).finally(() => {
      queue.running -= 1;
      begin(queue, gathering, ctx);
    });
    begin(queue, gathering, ctx);
  });
}

function takeGroup<Q, A>(queue: Queue<Q, A>, { most, weigh = () => 1 }: Gathering<Q, A>): Waiting<Q, A>[] {
  let [count, weight] = [0, 0];
  for (const { question } of queue.waiting) {
    weight += weigh(question);
    if (count > 0 && weight > most) break;
    count += 1;
  }
  return queue.waiting.splice(0, count);
}

/** Gives what all of the group were told that is not about a question of theirs, for those who are still to be asked. */
async function settle<Q, A>(
  group: readonly Waiting<Q, A>[],
  gathering: Gathering<Q, A>,
  ctx: Ctx,
): Promise<{ readonly error: unknown } | undefined> {
  try {
    const questions = group.map(({ question }) => question);
    const answers = await inTime(gathering.ask(ctx, questions));
    for (const [index, { resolve }] of group.entries()) resolve(answers[index] as A);
    return undefined;
  } catch (error) {
    const isOfAll = !isOfStatement(error);
    if (isOfAll || group.length === 1) {
      for (const { reject } of group) reject(error);
      return isOfAll ? { error } : undefined;
    }
    const half = Math.ceil(group.length / 2);
    const told = await settle(group.slice(0, half), gathering, ctx);
    if (!told) return settle(group.slice(half), gathering, ctx);
    for (const { reject } of group.slice(half)) reject(told.error);
    return told;
  }
}

/** A connection that broke without a word would keep a lane, and all who wait for it. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(noAnswer()), mostMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const noAnswer = (): PaveError =>
  new PaveError("database.unavailable", `The database gave no answer within ${mostMs / 1000} s`, {
    fix: "Try again; if it stays so, look at the database and the network to it",
  });

const first = <A>(answers: readonly A[]): A => answers[0] as A;
