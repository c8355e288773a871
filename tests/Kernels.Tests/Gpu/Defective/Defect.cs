namespace CogVideoX.Kernels.Tests.Gpu.Defective;

/// <summary>The one line that a defective twin of wgmma_specialised gets wrong.</summary>
public enum Defect
{
    NeverReleased,
    ReleasedBeforeWait,
    NoProxyFence,
    NoFullWait,
    NoInitialSync,
    ExpectsTooMuch,
    ExpectsTooLittle,
    TwoLoadsOneTile,
    NoWgmmaWait,
    WrongPhase,
}
