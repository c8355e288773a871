namespace CogVideoX.Kernels.Tests.Gpu.Defective;

/// <summary>Carries a <see cref="Defect"/> as a type argument.</summary>
public interface IDefect
{
    static abstract Defect Kind { get; }
}

/// <summary>The defects as types.</summary>
public static class Defects
{
    public readonly struct NeverReleased : IDefect
    {
        public static Defect Kind => Defect.NeverReleased;
    }

    public readonly struct ReleasedBeforeWait : IDefect
    {
        public static Defect Kind => Defect.ReleasedBeforeWait;
    }

    public readonly struct NoProxyFence : IDefect
    {
        public static Defect Kind => Defect.NoProxyFence;
    }

    public readonly struct NoFullWait : IDefect
    {
        public static Defect Kind => Defect.NoFullWait;
    }

    public readonly struct NoInitialSync : IDefect
    {
        public static Defect Kind => Defect.NoInitialSync;
    }

    public readonly struct ExpectsTooMuch : IDefect
    {
        public static Defect Kind => Defect.ExpectsTooMuch;
    }

    public readonly struct ExpectsTooLittle : IDefect
    {
        public static Defect Kind => Defect.ExpectsTooLittle;
    }

    public readonly struct TwoLoadsOneTile : IDefect
    {
        public static Defect Kind => Defect.TwoLoadsOneTile;
    }

    public readonly struct NoWgmmaWait : IDefect
    {
        public static Defect Kind => Defect.NoWgmmaWait;
    }

    public readonly struct WrongPhase : IDefect
    {
        public static Defect Kind => Defect.WrongPhase;
    }
}
