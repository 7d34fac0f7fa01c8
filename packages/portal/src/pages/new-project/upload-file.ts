import { ApiError, type ErrorBody, pathOf, type RouteDefinition } from "@pave/contract";

export interface Upload<T> {
  readonly done: Promise<T>;
  cancel(): void;
}

interface Target {
  readonly route: RouteDefinition;
  readonly params?: Record<string, unknown>;
}

/** Sends a file and tells how much of it has gone; `fetch` cannot tell that. */
export function uploadFile<T>(
  file: Blob,
  { route, params = {} }: Target,
  onProgress: (share: number) => void,
): Upload<T> {
  const request = new XMLHttpRequest();
  const done = new Promise<T>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 1);
    request.onload = () => {
      const answer = parse(request.responseText);
      if (request.status < 300) resolve(answer as T);
      else reject(new ApiError(request.status, errorOf(answer, request.status)));
    };
    request.onerror = () => reject(new Error("The upload broke off"));
    request.onabort = () => reject(new DOMException("The upload was cancelled", "AbortError"));
  });
  request.open(route.method, pathOf(route, { params }));
  request.setRequestHeader("content-type", "application/octet-stream");
  request.send(file);
  return { done, cancel: () => request.abort() };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorOf(answer: unknown, status: number): ErrorBody {
  const { error } = (answer ?? {}) as { error?: ErrorBody };
  return error ?? { code: "server.unavailable", message: `The server answered ${status}`, docs: "/docs/errors" };
}
