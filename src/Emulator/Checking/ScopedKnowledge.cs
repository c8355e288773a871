namespace CogVideoX.Emulator.Checking;

/// <summary>
/// What a thread's fences let its strong writes publish, by scope (PTX ISA 8.7, morally strong): a fence of a CTA's scope tells the
/// other CTAs nothing. What stands at a wider scope stands at the narrower ones too.
/// </summary>
internal readonly record struct ScopedKnowledge(Knowledge? Cta, Knowledge? Cluster, Knowledge? Gpu)
{
    public bool IsEmpty => Cta is null;

    /// <summary>The same with news at every scope up to a fence's.</summary>
    public ScopedKnowledge With(Scope scope, Knowledge news) =>
        Join(new(news, scope >= Scope.Cluster ? news : null, scope >= Scope.Gpu ? news : null));

    public ScopedKnowledge Join(ScopedKnowledge other) => new(Join(Cta, other.Cta), Join(Cluster, other.Cluster), Join(Gpu, other.Gpu));

    /// <summary>What is left of it in another CTA.</summary>
    public ScopedKnowledge Abroad(bool inCluster) => inCluster ? new(Cluster, Cluster, Gpu) : new(Gpu, Gpu, Gpu);

    public static Knowledge? Join(Knowledge? a, Knowledge? b) => a is null ? b : b is null ? a : a.Join(b);
}
