import { sep } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Whole platforms first, however short their file is: they take up to two minutes each, and one that began last would
 * leave the other cores idle at the end. Within both halves as ever: by the time of an earlier run, or by size.
 */
export class PlatformsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const platforms = sorted.filter((file) => isOfPlatform(file));
    return [...platforms, ...sorted.filter((file) => !platforms.includes(file))];
  }
}

const isOfPlatform = ({ moduleId }: TestSpecification): boolean =>
  moduleId.startsWith(`${process.cwd()}${sep}tests${sep}`);
