/** Hint for the worker: a push came, or what it waits for has moved. */
export const pushesChannel = "pave_pushes";
