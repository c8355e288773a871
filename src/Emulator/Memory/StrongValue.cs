using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Memory;

/// <summary>A value that a strong write put somewhere.</summary>
internal sealed class StrongValue
{
    private readonly List<(int Cta, int Thread, int Clock)> witnesses = [];

    /// <summary>What the write published (PTX ISA 8.7, release patterns).</summary>
    public ScopedKnowledge News { get; private set; }

    /// <summary>What was done before a fence.sc of the device's scope that the write follows.</summary>
    public VectorClock Sequenced { get; private set; } = VectorClock.Empty;

    /// <summary>Of the write.</summary>
    public Scope Scope { get; private set; }

    /// <summary>The writer's.</summary>
    public int Cta { get; private set; }

    /// <summary>The bits, once a newer value has replaced them in memory.</summary>
    public ulong Bits { get; set; }

    /// <summary>Makes it another write's; the objects are used again and again.</summary>
    public StrongValue Become(ScopedKnowledge news, VectorClock sequenced, Scope scope, int cta)
    {
        (News, Sequenced, Scope, Cta, Bits) = (news, sequenced, scope, cta, 0);
        witnesses.Clear();
        return this;
    }

    /// <summary>The thread wrote or read it: who comes after that can't read an older one.</summary>
    public void AddWitness(Access by) => witnesses.Add((by.Cta, by.IssuerEntity + by.Lane, by.Clock));

    public bool IsBefore(Access reader)
    {
        foreach ((int witnessCta, int thread, int clock) in witnesses)
            if (reader.IsAfter(witnessCta, thread, clock)) return true;
        return false;
    }
}
