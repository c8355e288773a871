namespace CogVideoX.Pipelines;

/// <summary>What is kept from step to step so that less is computed.</summary>
public enum StepCacheKind
{
    /// <summary>Nothing: every step computes all.</summary>
    None,

    /// <summary>First-block cache: where the first block changes little, the other blocks aren't run.</summary>
    FirstBlock,

    /// <summary>Pyramid attention broadcast: in the middle of a run attention is used again.</summary>
    Pyramid,
}
