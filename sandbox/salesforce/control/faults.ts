import { Router, json } from 'express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

export type Fault = {
  /** `client`: as the request's Sforce-Call-Options name it, to leave alone what people do. */
  match: { method?: string; path?: string; client?: string };
  kind: 'status' | 'resetBefore' | 'resetAfter' | 'delay' | 'delayAnswer';
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  delayMs?: number;
  /** The request, or with `delayAnswer` its answer, waits until the faults are cleared. */
  hold?: boolean;
  /** How many requests it hits; without it every one until it is removed. */
  times?: number;
};

/** Troubles that tests order: the next matching requests meet them. */
export class Faults {
  #faults: Fault[] = [];
  #held: (() => void)[] = [];

  add(fault: Fault): void {
    if (!['status', 'resetBefore', 'resetAfter', 'delay', 'delayAnswer'].includes(fault.kind))
      throw new Error(`Unknown kind of fault: ${fault.kind}.`);
    this.#faults.push({ ...fault });
  }

  list(): Fault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults = [];
    for (const goOn of this.#held.splice(0)) goOn();
  }

  hold(goOn: () => void): void {
    this.#held.push(goOn);
  }

  /** The first fault for this request; one with a count is used up by it. */
  take({ method, path, client }: { method: string; path: string; client?: string }): Fault | undefined {
    const fault = this.#faults.find(({ match }) => {
      const methodFits = !match.method || match.method.toUpperCase() === method;
      const clientFits = !match.client || match.client === client;
      return methodFits && clientFits && (!match.path || new RegExp(match.path).test(path));
    });
    if (fault?.times !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) this.#faults = this.#faults.filter((other) => other !== fault);
    }
    return fault;
  }
}

/** POST, GET and DELETE /sandbox/faults. */
export function faultControl(faults: Faults): Router {
  const router = Router();
  router.post('/sandbox/faults', json(), (request, response) => {
    try {
      faults.add(request.body as Fault);
      response.status(201).json(request.body);
    } catch (error) {
      response.status(400).json({ message: error instanceof Error ? error.message : String(error) });
    }
  });
  router.get('/sandbox/faults', (_request, response) => void response.json(faults.list()));
  router.delete('/sandbox/faults', (_request, response) => {
    faults.clear();
    response.status(204).end();
  });
  return router;
}

/** Lets requests meet their faults. The control paths below /sandbox/ meet none. */
export function meetFaults(faults: Faults): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    if (request.path.startsWith('/sandbox/')) return next();
    const client = /client=([^,;]+)/.exec(request.get('sforce-call-options') ?? '')?.[1];
    const { method, originalUrl: path } = request;
    const fault = faults.take({ method, path, ...(client && { client }) });
    if (!fault) return next();
    if (fault.kind === 'delayAnswer') {
      holdAnswer(faults, fault, response);
      return next();
    }
    const meet = () => strike(fault, { request, response, next });
    if (fault.hold) faults.hold(meet);
    else meet();
  };
}

function strike(
  fault: Fault,
  { request, response, next }: { request: Request; response: Response; next: NextFunction },
): void {
  switch (fault.kind) {
    case 'status':
      response.status(fault.status ?? 503).set(fault.headers ?? {});
      return void (fault.body === undefined ? response.end() : response.json(fault.body));
    case 'delay':
      return void setTimeout(next, fault.delayMs ?? (fault.hold ? 0 : 1000));
    case 'resetBefore':
      return void request.socket.destroy();
    case 'resetAfter':
      loseAnswer(response);
      return next();
  }
}

/** The request takes effect, and its answer leaves later. */
function holdAnswer(faults: Faults, fault: Fault, response: Response): void {
  const end = response.end.bind(response) as (...args: unknown[]) => Response;
  response.end = ((...args: unknown[]) => {
    const answer = () => void end(...args);
    if (fault.hold) faults.hold(answer);
    else setTimeout(answer, fault.delayMs ?? 1000);
    return response;
  }) as typeof response.end;
}

/** The request takes effect, but its answer never leaves. */
function loseAnswer(response: Response): void {
  response.write = () => true;
  response.end = () => {
    response.socket?.destroy();
    return response;
  };
}
