using System.Runtime.Intrinsics;
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
    public Warp Warp = null!;
    public int Lane;

    /// <summary>Part of a read-modify-write.</summary>
    public bool IsAtomic;

    /// <summary>A read of memory that the launch mustn't write (ld.global.nc).</summary>
    public bool IsReadOnly;

    private Knowledge knowledge = Knowledge.None;
    private int[] own = [];

    /// <summary>What he has learnt of others.</summary>
    public Knowledge Knowledge
    {
        get => knowledge;
        set
        {
            if (ReferenceEquals(knowledge, value))
                return;
            knowledge = value;
            own = value.Seen.Of(Cta);
        }
    }

    /// <summary>wgmma, TMA and bulk copies go through the asynchronous proxy; cp.async doesn't (PTX ISA 9.7.9.25).</summary>
    public bool IsAsyncProxy => Actor > Actor.CopyAsync;

    public AccessInfo Info => new AccessInfo(Line, Actor, Scope, IsAtomic).WithReadOnly(IsReadOnly);

    public bool Knows(int cta, int entity, int clock)
    {
        if (cta < 0)
            return true;
        if (cta != Cta)
            return knowledge.Seen.Get(cta, entity) >= clock;
        return IsIssuer(entity) || ((uint)entity < (uint)own.Length && own[entity] >= clock) || Warp.HasWaitedFor(Lane, entity, clock);
    }

    /// <summary>Whether a strong read may not look past what that entity did or read (PTX ISA 8.10, causality).</summary>
    public bool IsAfter(int cta, int entity, int clock) => Knows(cta, entity, clock) || Knowledge.Ordered.Get(cta, entity) >= clock;

    /// <summary>
    /// Whether its scope and that of a strong operation of another CTA's thread hold both threads (PTX ISA 8.7.1, morally strong).
    /// </summary>
    public bool SharesScope(Scope other, int cta)
    {
        if (other == Scope.Weak || Scope == Scope.Weak)
            return false;
        return cta == Cta || (other >= Scope.Gpu && Scope >= Scope.Gpu)
            || (other >= Scope.Cluster && Scope >= Scope.Cluster && Warp.Cta.IsInCluster(cta));
    }

    public bool KnowsAll(int cta, int entity, uint mask, int clock)
    {
        if (mask == ~0u && cta == Cta && (uint)entity + 31 < (uint)own.Length
            && !Vector256.LessThanAny(Vector256.Min(
                Vector256.Min(Load(entity), Load(entity + 8)),
                Vector256.Min(Load(entity + 16), Load(entity + 24))), Vector256.Create(clock)))
        {
            return true;
        }
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            if (!Knows(cta, entity + int.TrailingZeroCount((int)rest), clock))
                return false;
        }
        return true;
    }

    /// <summary>Whether a proxy fence stands between a write that he knows of and this access.</summary>
    public bool IsFenced(int cta, int entity, int clock) => cta < 0 || Knowledge.Fenced.Get(cta, entity) >= clock;

    private Vector256<int> Load(int entity) => Vector256.Create<int>(own.AsSpan(entity, 8));

    private bool IsIssuer(int entity) => (uint)(entity - IssuerEntity) < 32 && (IssuerMask >> (entity - IssuerEntity) & 1) != 0;
}
