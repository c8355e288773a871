namespace CogVideoX.Kernels.Tests.Gpu.Defective;

/// <summary>Carries a <see cref="Defect"/> as a type argument.</summary>
public interface IDefect
{
    static abstract Defect Kind { get; }
}
