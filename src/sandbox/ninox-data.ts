import type { NinoxData } from './ninox-model.ts';
import {
  customersSample,
  machinesSample,
  southInventorySample,
  workshopInventorySample,
} from './ninox-sample-branches.ts';
import { buildDatabase, createSampleClock, type SampleDatabase } from './ninox-sample-builder.ts';
import { peopleSample, projectsSample } from './ninox-sample-company.ts';
import { crmSample, oldCrmSample } from './ninox-sample-crm.ts';

/** The ids of the sample company, for persona files, tests and the demo. They never change. */
export const sampleIds = {
  /** The first team, the company itself. */
  company: {
    team: 'hV3kPq8RnZt2WxC6m',
    crm: 'k4x9tq2mw7ab',
    oldCrm: 'z8r1vn5gc3ye',
    projects: 'p2m7wd6hs0kf',
    people: 'e5t3bj9ux1rq',
  },
  workshop: {
    team: 'Ty5bNc7LdGs4JfR9u',
    inventory: 'w6c0hy4nf8pm',
    machines: 'm1g5sk7va2dz',
  },
  south: {
    team: 'pB6wXe2QaMv8HkY3d',
    inventory: 's9d2lr6qb4ju',
    customers: 'c7f8xo3ti5gw',
  },
  /** Records that are plainly in the way: doubles, tests, what is no longer in use. */
  obsolete: {
    /** In the company's CRM: repeats contact 5. */
    contact: { table: 'B', record: 12 },
    /** In the company's CRM: a test. */
    company: { table: 'A', record: 17 },
    /** In the workshop's inventory: not sold any more. */
    article: { table: 'A', record: 14 },
    /** In the southern office's customers: a test. */
    customer: { table: 'A', record: 3 },
  },
} as const;

/**
 * A small invented company with three teams, new with every call. Two teams have a database of the same name, as
 * Ninox allows. All dates count back from `now`.
 */
export function createSampleData(now: Date = new Date()): NinoxData {
  const clock = createSampleClock(now);
  const { company, workshop, south } = sampleIds;
  const team = (id: string, name: string, databases: readonly SampleDatabase[]) => ({
    id,
    name,
    databases: databases.map((database) => buildDatabase(database, clock)),
  });
  return {
    teams: [
      team(company.team, 'Example Interiors', [
        crmSample(company.crm, clock),
        oldCrmSample(company.oldCrm, clock),
        projectsSample(company.projects, clock),
        peopleSample(company.people, clock),
      ]),
      team(workshop.team, 'Workshop', [
        workshopInventorySample(workshop.inventory, clock),
        machinesSample(workshop.machines, clock),
      ]),
      team(south.team, 'Büro Süd', [southInventorySample(south.inventory), customersSample(south.customers, clock)]),
    ],
  };
}
