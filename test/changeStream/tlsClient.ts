import { SalesforceOrg } from '../../sync/salesforce/connection.ts';
import { PubSubClient } from '../../sync/salesforce/changeStream/pubSubClient.ts';

/** A process of its own, because Node reads NODE_EXTRA_CA_CERTS only when it starts. Prints what the org answers. */
const [url, credentials] = process.argv.slice(2);
const org = new SalesforceOrg(JSON.parse(credentials!) as ConstructorParameters<typeof SalesforceOrg>[0]);
const client = new PubSubClient({ url: url!, session: (refused) => org.session(refused) });
client.topic('/data/ChangeEvents').then(
  ({ topicName }) => console.log(topicName),
  (error: Error) => console.log(error.message, (error.cause as Error | undefined)?.message),
);
