using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Memory;

/// <summary>A value that a strong write put somewhere.</summary>
/// <param name="news">what the write published (PTX ISA 8.7, release patterns)</param>
/// <param name="sequenced">what was done before a fence.sc of the device's scope that the write follows</param>
/// <param name="scope">of the write</param> <param name="cta">the writer's</param>
internal sealed class StrongValue(ScopedKnowledge news, VectorClock sequenced, Scope scope, int cta)
{
    private (int Cta, int Thread, int Clock)? first;
    private List<(int Cta, int Thread, int Clock)>? others;

    public ScopedKnowledge News { get; } = news;

    public VectorClock Sequenced { get; } = sequenced;

    public Scope Scope { get; } = scope;

    public int Cta { get; } = cta;

    /// <summary>The bits, once a newer value has replaced them in memory.</summary>
    public ulong Bits { get; set; }

    /// <summary>The thread wrote or read it: who comes after that can't read an older one.</summary>
    public void AddWitness(Access by)
    {
        (int, int, int) witness = (by.Cta, by.IssuerEntity + by.Lane, by.Clock);
        if (first is null) first = witness;
        else (others ??= []).Add(witness);
    }

    public bool IsBefore(Access reader)
    {
        if (first is var (cta, thread, clock) && reader.IsAfter(cta, thread, clock)) return true;
        if (others is null) return false;
        foreach ((int witnessCta, int witnessThread, int witnessClock) in others)
            if (reader.IsAfter(witnessCta, witnessThread, witnessClock)) return true;
        return false;
    }
}
