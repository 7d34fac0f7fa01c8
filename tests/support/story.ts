import { editSpec } from "./flights.ts";
import type { TestPlatform } from "./platform.ts";

/**
 * The stages of `npm start` on a platform of a test. They find it as any command does, by the data folder, and so have
 * to be read after it is set: one story a process.
 */
export async function openStory({ home }: TestPlatform) {
  process.env.PAVE_HOME = home;
  const [first, flights, sample, truth, versions] = await Promise.all([
    import("../../scripts/road/first-version.ts"),
    import("../../scripts/road/flights.ts"),
    import("../../scripts/road/sample.ts"),
    import("../../scripts/road/truth.ts"),
    import("../../scripts/road/versions.ts"),
  ]);
  return { ...first, ...flights, ...sample, ...truth, ...versions };
}

export type Story = Awaited<ReturnType<typeof openStory>>;

/** The project as it is before its first run; of its traffic a window is judged each ten seconds, not each five minutes. */
export async function beginStory(story: Story, rows: number): Promise<void> {
  await story.drawData(rows);
  await story.createTeam();
  await story.createProject();
  await editSpec(
    story.folder,
    "reference: train.split.train",
    "reference: train.split.train, window: { rows: 500, shortest: 10s }",
  );
  await story.makeEnvironment();
}
