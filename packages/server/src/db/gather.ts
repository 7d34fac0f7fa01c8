import type { Ctx } from "./context.ts";
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

/**
 * A question that is asked alone while nobody else does and together otherwise. Where asking for all fails, each is asked
 * alone, so that nobody gets an error of another's. In a transaction it is asked there.
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

async function settle<Q, A>(group: readonly Waiting<Q, A>[], gathering: Gathering<Q, A>, ctx: Ctx): Promise<void> {
  try {
    const answers = await gathering.ask(
      ctx,
      group.map(({ question }) => question),
    );
    for (const [index, { resolve }] of group.entries()) resolve(answers[index] as A);
  } catch (error) {
    const [only] = group;
    if (only && group.length === 1) only.reject(error);
    else await Promise.all(group.map((one) => settle([one], gathering, ctx)));
  }
}

const first = <A>(answers: readonly A[]): A => answers[0] as A;
