import { z } from "zod";

export const durationText = z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, "must be a duration such as 30s, 10m or 1h");
