using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>A warp's asynchronous work by kind.</summary>
internal sealed class AsyncState
{
    private readonly Dictionary<Actor, SelfChannel> channels = [];

    public SelfChannel Channel(Actor actor, Cta cta)
    {
        if (!channels.TryGetValue(actor, out SelfChannel? channel))
        {
            bool warpWide = actor == Actor.Wgmma;
            channels.Add(actor, channel = new SelfChannel(cta.NewEntities(warpWide ? 1 : Warp.Lanes), warpWide));
        }
        return channel;
    }

    public SelfChannel? Find(Actor actor) => channels.GetValueOrDefault(actor);

    public bool HasWaitedFor(int lane, int entity, int clock)
    {
        foreach (SelfChannel channel in channels.Values)
        {
            if (entity == channel.EntityOf(lane))
                return channel.Waited[lane] >= clock;
        }
        return false;
    }

    /// <summary>Adds what the lanes have waited for to what they publish.</summary>
    public VectorClock AddWaited(VectorClock seen, int cta, uint mask)
    {
        foreach (SelfChannel channel in channels.Values)
        {
            for (uint rest = mask; rest != 0; rest &= rest - 1)
            {
                int lane = int.TrailingZeroCount((int)rest), clock = channel.Waited[lane];
                if (clock == 0)
                    continue;
                uint same = 0;
                for (uint others = rest; others != 0; others &= others - 1)
                {
                    if (channel.Waited[int.TrailingZeroCount((int)others)] == clock)
                        same |= others & ~(others - 1);
                }
                seen = seen.With(cta, channel.Entity, channel.IsWarpWide ? 1 : same, clock);
                rest &= ~same | 1u << lane;
            }
        }
        return seen;
    }
}
