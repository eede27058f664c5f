import { internetPeers } from '../internet.ts';
import type { Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { outcomeOutside } from '../security.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';

/** IMAP and POP: clients ask again and again with short equal sessions, which looks like guessing. */
export function mailPolling(world: World, random: Random): void {
  const providers = internetPeers(random, random.integer(1, 6));
  // An office is seen at our own server only.
  const offices = world.network.hosts.some(({ role }) => role === 'mail') ? world.network.offices : [];
  const people = [...world.hosts(random, 'workstation', 'remote-access', 'app'), ...offices];
  for (const client of random.sample(people, random.logUniform(2, 25))) {
    const draw = random.fork(client.name);
    for (let account = draw.choice([1, 1, 1, 2, 4]); account > 0; account--) poll(world, draw, client, providers);
  }
}

function poll(world: World, random: Random, client: Peer, providers: readonly Peer[]): void {
  const port = random.weighted([
    [993, 5],
    [143, 2],
    [995, 2],
    [110, 2],
    [587, 1],
  ]);
  const own = world.network.hosts.find((host) => host.servicePorts.includes(port));
  const outside = client.reach !== 'private' && random.chance(own ? 0.3 : 1);
  const server: Peer | undefined = outside ? random.choice(providers) : own;
  if (!server || server === client) return;
  world.befriend(client, outside ? 'anyone' : server, port);
  // Mail programs ask every 1 to 15 minutes by default (Thunderbird 10, general knowledge); phones and scripts much more often.
  const interval = random.choice([10, 30, 60, 60, 120, 180, 300, 600]);
  const mailboxes = random.weighted([
    [1, 6],
    [3, 2],
    [8, 1],
  ]);
  const turns = port === 110 || port === 995 ? random.integer(5, 8) : random.integer(6, 14);
  const encrypted = port === 993 || port === 995 ? 3_800 : 0;
  // A wrong saved password fails in the same way each time.
  const size = random.logNormal(300, 0.5);
  const habit = drawHabit(random, world.network);
  world.repeat({
    from: world.begin + random.uniform(0, interval),
    gap: () => interval * random.uniform(0.95, 1.05),
    act: (now) => {
      for (let mailbox = 0; mailbox < mailboxes; mailbox++) {
        const mail = random.chance(0.07) ? random.pareto(4_000, 1.1, 2e7) : 0;
        const at = now + mailbox * random.uniform(0, 0.6);
        const seconds = random.logNormal(0.8, 0.6) + mail / 1e6;
        const up = size + encrypted * 0.15;
        const down = size * 2 + encrypted + mail;
        world.traffic.tcp(random, { client, server, port, at, up, down, turns, seconds, habit });
      }
    },
  });
}

/** A mail relay: many recipients' servers on port 25, some of them dead, and mail coming in. */
export function mailRelay(world: World, random: Random): void {
  for (const relay of world.hosts(random, 'mail')) {
    const draw = random.fork(relay.name);
    const peers = internetPeers(draw, draw.logUniform(10, 300));
    const failing = draw.uniform(0.01, 0.25);
    world.befriend(relay, 'anyone', 25);
    const gap = draw.logUniform(3, 120);
    world.repeat({
      from: world.begin + draw.uniform(0, gap),
      gap: (now) => draw.exponential(gap / world.pace(now)),
      act: (at) => {
        const peer = draw.choice(peers);
        const mail = draw.pareto(2_500, 1.1, 2e7);
        const turns = draw.integer(7, 14);
        const seconds = draw.logNormal(2, 0.9);
        if (draw.chance(0.5)) {
          const outcome = outcomeOutside(draw, failing);
          world.traffic.tcp(draw, {
            client: relay,
            server: peer,
            port: 25,
            at,
            up: mail + 4_000,
            down: 4_500,
            turns,
            seconds,
            outcome,
            patience: 30,
          });
        } else {
          world.traffic.tcp(draw, {
            client: peer,
            server: relay,
            port: 25,
            at,
            up: mail + 4_000,
            down: 4_500,
            turns,
            seconds,
          });
        }
      },
    });
  }
}
