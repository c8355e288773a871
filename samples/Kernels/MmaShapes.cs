using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>One product of each kind, registers straight from memory: f16, tf32, f16 sums, bytes.</summary>
/// <param name="a">[32 lanes, 4]</param> <param name="b">[32 lanes, 2]</param> <param name="f">[32 lanes, 12]</param>
/// <param name="integers">[32 lanes, 4]</param>
[KernelName("mma_shapes")]
public readonly struct MmaShapes(View<uint> a, View<uint> b, View<float> f, View<int> integers) : IKernel
{
    public static Block Block => new(32);

    public void Run()
    {
        int lane = Block.ThreadX;
        View<float> results = f.Slice(lane * 12, 12);
        MatrixC<float> sums = default;
        for (int i = 0; i < 4; i++)
            sums[i] = i;
        sums = Mma.Multiply(LoadA<Half>(lane), LoadB<Half>(lane), sums);
        for (int i = 0; i < 4; i++)
            results[i] = sums[i];
        MatrixA<float> left = default;
        MatrixB<float> right = default;
        for (int i = 0; i < 4; i++)
            left[i] = BitConverter.SingleToUInt32Bits((sbyte)a[lane * 4 + i]);
        for (int i = 0; i < 2; i++)
            right[i] = BitConverter.SingleToUInt32Bits((sbyte)b[lane * 2 + i]);
        sums = Mma.MultiplyTf32(left, right, sums);
        for (int i = 0; i < 4; i++)
            results[4 + i] = sums[i];
        MatrixHalfC halves = Mma.MultiplyHalf(LoadA<Half>(lane), LoadB<Half>(lane), default);
        for (int i = 0; i < 2; i++)
        {
            results[8 + 2 * i] = halves[i].Low;
            results[9 + 2 * i] = halves[i].High;
        }
        MatrixC<int> counts = default;
        for (int i = 0; i < 4; i++)
            counts[i] = i;
        counts = Mma.MultiplyBytes(LoadA<sbyte>(lane), LoadB<sbyte>(lane), counts);
        for (int i = 0; i < 4; i++)
            integers[lane * 4 + i] = counts[i];
    }

    private MatrixA<T> LoadA<T>(int lane)
        where T : unmanaged
    {
        MatrixA<T> left = default;
        for (int i = 0; i < 4; i++)
            left[i] = a[lane * 4 + i];
        return left;
    }

    private MatrixB<T> LoadB<T>(int lane)
        where T : unmanaged
    {
        MatrixB<T> right = default;
        for (int i = 0; i < 2; i++)
            right[i] = b[lane * 2 + i];
        return right;
    }
}
