using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Checking;

/// <summary>The one who reads or writes, as race checks see him. One object is refilled for each instruction.</summary>
internal sealed class Access
{
    /// <summary>Where he and those he acts for belong.</summary>
    public int Cta;

    /// <summary>CTA of the entity that the access is booked on; another CTA's for loads that complete on its mbarrier.</summary>
    public int EntityCta;

    /// <summary>First of up to 32 entities; <see cref="Mask"/> picks those that make this access.</summary>
    public int Entity;
    public uint Mask;
    public int Clock;
    public int Line;
    public Actor Actor;
    public Scope Scope;

    /// <summary>Threads in whose program order this access stands: what they did before needs no synchronisation.</summary>
    public int IssuerEntity;
    public uint IssuerMask;
    public Knowledge Knowledge = Knowledge.None;
    public Warp Warp = null!;
    public int Lane;

    /// <summary>wgmma, TMA and bulk copies go through the asynchronous proxy; cp.async doesn't (PTX ISA 9.7.9.25).</summary>
    public bool IsAsyncProxy => Actor > Actor.CopyAsync;

    /// <summary>Line, actor and scope in one word, as shadow memory keeps them.</summary>
    public int Info => Line << 8 | (int)Actor << 4 | (int)Scope;

    public bool Knows(int cta, int entity, int clock)
    {
        if (cta < 0) return true;
        if (cta == Cta && IsIssuer(entity)) return true;
        if (Knowledge.Seen.Get(cta, entity) >= clock) return true;
        return cta == Cta && Warp.HasWaitedFor(Lane, entity, clock);
    }

    /// <summary>Whether a strong read may not look past what that entity did or read (PTX ISA 8.10, causality).</summary>
    public bool IsAfter(int cta, int entity, int clock) => Knows(cta, entity, clock) || Knowledge.Ordered.Get(cta, entity) >= clock;

    /// <summary>Whether its scope and that of a strong operation of another CTA's thread hold both threads (PTX ISA 8.7.1, morally strong).</summary>
    public bool SharesScope(Scope other, int cta)
    {
        if (other == Scope.Weak || Scope == Scope.Weak) return false;
        return cta == Cta || (other >= Scope.Gpu && Scope >= Scope.Gpu)
            || (other >= Scope.Cluster && Scope >= Scope.Cluster && Warp.Cta.IsInCluster(cta));
    }

    public bool KnowsAll(int cta, int entity, uint mask, int clock)
    {
        for (uint rest = mask; rest != 0; rest &= rest - 1)
            if (!Knows(cta, entity + int.TrailingZeroCount((int)rest), clock)) return false;
        return true;
    }

    /// <summary>Whether a proxy fence stands between a write that he knows of and this access.</summary>
    public bool IsFenced(int cta, int entity, int clock) => cta < 0 || Knowledge.Fenced.Get(cta, entity) >= clock;

    private bool IsIssuer(int entity) => (uint)(entity - IssuerEntity) < 32 && (IssuerMask >> (entity - IssuerEntity) & 1) != 0;
}
