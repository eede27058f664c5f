import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

export interface Episode {
  readonly start: number;
  readonly end: number;
}

/** A part of the run, after its first tenth so that some history is clean. */
export function drawEpisode(world: World, random: Random, share: readonly [number, number] = [0.1, 0.6]): Episode {
  const start = world.begin + world.seconds * random.uniform(0.1, 0.5);
  const end = Math.min(world.end, start + world.seconds * random.uniform(share[0], share[1]));
  return { start, end };
}

/** A host that turns bad and that has no benign use for the port; absent when all do. */
export function drawActor(world: World, random: Random, port: number): Host | undefined {
  const clean = world.network.hosts.filter((host) => !usesThroughGateway(world, host, port));
  return clean.length > 0 ? random.choice(clean) : undefined;
}

/** A gateway's records mix all hosts behind it, so the port must be new for every one of them. */
function usesThroughGateway(world: World, host: Host, port: number): boolean {
  if (world.uses(host, port)) return true;
  return (
    !!host.gateway && world.network.hosts.some((other) => other.gateway === host.gateway && world.uses(other, port))
  );
}

/** A host that has no benign business with the actor. */
export function drawStranger(world: World, random: Random, actor: Peer): Host | undefined {
  const strangers = world.network.hosts.filter((host) => host !== actor && !world.knows(actor, host));
  return strangers.length > 0 ? random.choice(strangers) : undefined;
}
