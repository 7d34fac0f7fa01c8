import { freeBytes } from "../../drivers/disk/free-bytes.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { describeBytes } from "../../kernel/time.ts";

export interface DiskReserveOptions {
  readonly folder: string;
  /** What uploads must leave free, for the database and everything else that lives there. */
  readonly reserveBytes: number;
  readonly freeBytes?: (folder: string) => Promise<number | undefined>;
}

export interface DiskReserve {
  /** The same bytes, as long as they leave the reserve free; throws before the first where they would not. */
  guard(bytes: AsyncIterable<Uint8Array>, expectedBytes: number): AsyncIterable<Uint8Array>;
}

/** Several uploads at once, and other programs, fill the same disk: each looks again after this much. */
const lookAgainBytes = 16 * 2 ** 20;

/** Keeps uploads from filling the disk: a full one stops the database, and with it everything. */
export function createDiskReserve(options: DiskReserveOptions): DiskReserve {
  const { folder, reserveBytes, freeBytes: look = freeBytes } = options;
  const assertRoom = async (neededBytes: number): Promise<void> => {
    const free = await look(folder);
    if (free === undefined || free - neededBytes >= reserveBytes) return;
    const upload = neededBytes === 0 ? "" : ` for an upload of ${describeBytes(neededBytes)}`;
    throw new PaveError(
      "database.disk_full",
      `The artifact folder ${folder} has ${describeBytes(free)} of disk space left${upload}, and ${describeBytes(reserveBytes)} are to stay free`,
      { fix: "Free some space and try again, or set PAVE_DISK_RESERVE to less; nothing was lost" },
    );
  };
  return {
    async *guard(bytes, expectedBytes) {
      await assertRoom(expectedBytes);
      let unseen = 0;
      for await (const chunk of bytes) {
        unseen += chunk.byteLength;
        if (unseen >= lookAgainBytes) {
          await assertRoom(0);
          unseen = 0;
        }
        yield chunk;
      }
    },
  };
}
