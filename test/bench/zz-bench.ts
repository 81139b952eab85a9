import { startSlackServer } from '#test/support/slack-server.ts';
import { connectWorkspace, slackVariables } from '#test/support/slack-service.ts';
import { createHttpClient } from '../support/http-client.ts';
import { quantile } from './load.ts';
import { startMeasured } from './process-protocol.ts';

/*
 * Slack gives an app three seconds to acknowledge an event. Measured is how long the service takes to store it and answer,
 * while every model call it makes meanwhile takes a minute, so that nothing gets out of the way.
 */

const events = 400;
const people = 40;
/** Of a workspace that is busy: as many at once. */
const levels = [1, 16, 64];

export async function benchSlack(): Promise<void> {
  const slack = await startSlackServer({ echoes: false });
  const model = await startMeasured('./slow-model-process.ts', {});
  const service = await startMeasured('./zz-service.ts', {
    BENCH_SLACK: JSON.stringify({ ...slackVariables(slack), OPENAI_BASE_URL: model.url }),
  });
  try {
    const [address = '', cookie = ''] = service.url.split('#');
    await connectWorkspace(slack, createHttpClient(address, decodeURIComponent(cookie)));
    const users = Array.from({ length: people }, (_, at) => slack.addPerson(`Person${at}`));
    console.log('\nSlack: milliseconds until an event is acknowledged, stored, while the model takes 60 s');
    console.log('at once   events/s      p50      p99      max   later than 3 s');
    for (const level of levels) {
      const started = performance.now();
      let left = events;
      const took: number[] = [];
      await Promise.all(
        Array.from({ length: level }, async () => {
          while (left > 0) {
            left -= 1;
            const user = users[left % people];
            if (user === undefined) continue;
            const [delivery] = await slack.direct({ user, text: `Question ${left}` }).told;
            if (delivery?.acknowledged !== true) throw new Error('An event was not acknowledged.');
            took.push(delivery.attempts[0]?.ms ?? Number.NaN); if ((delivery.attempts[0]?.ms ?? 0) > 2000) console.log("late", left, (performance.now() - started).toFixed(0), JSON.stringify(delivery.attempts));
          }
        }),
      );
      const seconds = (performance.now() - started) / 1000;
      took.sort((a, b) => a - b);
      const cells = [
        String(level).padStart(7),
        (events / seconds).toFixed(0).padStart(11),
        ...[quantile(took, 0.5), quantile(took, 0.99), took.at(-1) ?? Number.NaN].map((ms) =>
          ms.toFixed(1).padStart(9),
        ),
        String(took.filter((ms) => ms > 3000).length).padStart(17),
      ];
      console.log(cells.join(''));
    }
  } finally {
    await Promise.all([service.stop(), model.stop()]);
    await slack.close();
  }
}
