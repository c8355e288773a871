using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Memory;

/// <summary>A value that a strong write put somewhere.</summary>
/// <param name="news">what the write published (PTX ISA 8.7, release patterns)</param>
/// <param name="scope">of the write</param> <param name="cta">the writer's</param>
internal sealed class StrongValue(ScopedKnowledge news, Scope scope, int cta)
{
    private readonly List<(int Cta, int Thread, int Clock)> witnesses = [];

    public ScopedKnowledge News { get; } = news;

    public Scope Scope { get; } = scope;

    public int Cta { get; } = cta;

    /// <summary>The bits, once a newer value has replaced them in memory.</summary>
    public ulong Bits { get; set; }

    /// <summary>The thread wrote or read it: who comes after that can't read an older one.</summary>
    public void AddWitness(Access by) => witnesses.Add((by.Cta, by.IssuerEntity + by.Lane, by.Clock));

    public bool IsBefore(Access reader)
    {
        foreach ((int witnessCta, int thread, int clock) in witnesses)
            if (reader.IsAfter(witnessCta, thread, clock)) return true;
        return false;
    }
}
