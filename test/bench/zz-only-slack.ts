import { benchSlack } from './zz-bench.ts';

await benchSlack();
process.exit(0);
