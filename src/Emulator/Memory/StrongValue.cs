using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Memory;

/// <summary>A value that a strong write put somewhere.</summary>
internal sealed class StrongValue
{
    private (int Cta, int Thread, int Clock) writer;
    private List<(int Cta, int Thread, int Clock)>? readers;
    private ScopedKnowledge news;

    /// <summary>What the write published (PTX ISA 8.7, release patterns).</summary>
    public ref readonly ScopedKnowledge News => ref news;

    /// <summary>What was done before a fence.sc of the device's scope that the write follows.</summary>
    public VectorClock Sequenced { get; private set; } = VectorClock.Empty;

    /// <summary>Of the write.</summary>
    public Scope Scope { get; private set; }

    /// <summary>The writer's.</summary>
    public int Cta { get; private set; }

    /// <summary>The bits, once a newer value has replaced them in memory.</summary>
    public ulong Bits { get; set; }

    /// <summary>Makes it a write's; the objects are used again and again.</summary>
    public void Become(in ScopedKnowledge published, VectorClock sequenced, Access by)
    {
        (Scope, Cta, writer) = (by.Scope, by.Cta, (by.Cta, by.IssuerEntity + by.Lane, by.Clock));
        readers?.Clear();
        if (!news.IsEmpty || !published.IsEmpty)
            news = published;
        if (!ReferenceEquals(Sequenced, sequenced))
            Sequenced = sequenced;
    }

    /// <summary>Makes it what stood there before the first strong write.</summary>
    public void BecomeFirst(int cta) => Cta = cta;

    /// <summary>The thread read it: who comes after that can't read an older one.</summary>
    public void AddReader(Access by) => (readers ??= []).Add((by.Cta, by.IssuerEntity + by.Lane, by.Clock));

    public bool IsBefore(Access reader)
    {
        if (Scope != Scope.Weak && reader.IsAfter(writer.Cta, writer.Thread, writer.Clock))
            return true;
        if (readers is null)
            return false;
        foreach ((int cta, int thread, int clock) in readers)
        {
            if (reader.IsAfter(cta, thread, clock))
                return true;
        }
        return false;
    }
}
