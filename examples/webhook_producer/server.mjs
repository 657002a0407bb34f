// Starts the producer. Ends on SIGINT and SIGTERM after the posts that are being answered.

import { readConfig } from './src/config.mjs';
import { TroupePublisher } from './src/troupe_publisher.mjs';
import { createWebhookServer } from './src/webhook_server.mjs';

const log = (text) => console.log(`${new Date().toISOString()} ${text}`);

try {
  const config = readConfig();
  const publisher = new TroupePublisher(config.troupe, log);
  const server = createWebhookServer(config, publisher, { log });
  server.listen(config.port, config.host, () => log(`listening on http://${config.host}:${server.address().port}/webhook/zalo`));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close(() => publisher.close()));
} catch (error) {
  console.error(`webhook producer: ${error.message}`);
  process.exitCode = 2;
}
