using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>A function of one number, for <see cref="Map{TFunction}"/>.</summary>
internal interface IElementFunction
{
    /// <summary>Name in error messages and profiles.</summary>
    static abstract string Name { get; }

    /// <summary>Additions and multiplications of its definition, a transcendental function counted as one.</summary>
    static abstract int Flops { get; }

    /// <summary>The definition.</summary>
    static abstract double Exact(double x);

    /// <summary>The fast form.</summary>
    static abstract TVector Fast<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>The form of the portable kernels, in fp32. (Of instances, since ILGPU compiles no static interface members.)</summary>
    float Portable(float x);

    /// <summary>The form of the kernels of our compiler, by the GPU's own functions.</summary>
    static abstract float Cuda(float x);
}
