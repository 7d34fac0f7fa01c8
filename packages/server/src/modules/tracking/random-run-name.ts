import { randomInt } from "node:crypto";

const adjectives =
  "able bold brave bright calm clear crisp eager early fair fleet fresh gentle glad grand happy keen kind light lively lucky merry mild neat noble open plain proud quick quiet rapid ready sharp silent smart smooth snowy solid steady still sunny swift tidy vivid warm wide wise young".split(
    " ",
  );
const nouns =
  "ant bear bee bird boar calf carp cat colt crab crane crow cub deer dove duck eel elk finch fish fly foal fox frog goat goose gull hare hawk hen heron horse jay kite lamb lark lion lynx mole moose moth mouse mule newt otter owl ox panda perch pig pike quail ram raven robin seal shark sheep shrew sloth snail squid stork swan toad trout whale wolf wren yak".split(
    " ",
  );

/** Such as `swift-otter-421`, for a run that was given no name. */
export const randomRunName = (): string => `${pick(adjectives)}-${pick(nouns)}-${randomInt(1000)}`;

const pick = (words: readonly string[]): string => words[randomInt(words.length)] ?? "run";
