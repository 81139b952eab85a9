import type { RequestHandler } from 'express';

/** For every method but POST: no stream is offered that is not an answer, and there is no session to end. */
export const refuseOtherMethods: RequestHandler = (_request, response) => {
  const error = { code: -32000, message: 'Only POST is answered here: send one JSON-RPC message with each.' };
  response.status(405).setHeader('allow', 'POST');
  response.type('application/json').send(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
};
