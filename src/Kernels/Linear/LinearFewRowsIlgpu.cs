using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using Place = ILGPU.Grid;

namespace CogVideoX.Kernels;

internal readonly partial struct Linear
{
    private const int Lanes = 32, GroupColumns = IlgpuQueue.GroupThreads / Lanes, GroupRows = 8;

    // 32 lanes a column: each multiplies every 32nd quad of the weights, read once, with those of eight rows of x.
    private static void LinearFewRows<T, TWeight>(FewArguments<T, TWeight> a)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight>
    {
        ArrayView<float> partial = SharedMemory.Allocate<float>(GroupRows * IlgpuQueue.GroupThreads);
        int thread = Group.IdxX, lane = thread % Lanes, column = Place.IdxX * GroupColumns + thread / Lanes, row = Place.IdxY * GroupRows;
        float sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0, sum4 = 0, sum5 = 0, sum6 = 0, sum7 = 0;
        long first = a.Weight.First(column);
        for (int k = lane * 4; k < a.Inputs; k += Lanes * 4)
        {
            Float4 weights = a.Weight.Quad(first, k).Values;
            sum0 += Dot(a, row, k, weights);
            sum1 += Dot(a, row + 1, k, weights);
            sum2 += Dot(a, row + 2, k, weights);
            sum3 += Dot(a, row + 3, k, weights);
            sum4 += Dot(a, row + 4, k, weights);
            sum5 += Dot(a, row + 5, k, weights);
            sum6 += Dot(a, row + 6, k, weights);
            sum7 += Dot(a, row + 7, k, weights);
        }
        const int Line = IlgpuQueue.GroupThreads;
        partial[thread] = sum0;
        partial[thread + Line] = sum1;
        partial[thread + 2 * Line] = sum2;
        partial[thread + 3 * Line] = sum3;
        partial[thread + 4 * Line] = sum4;
        partial[thread + 5 * Line] = sum5;
        partial[thread + 6 * Line] = sum6;
        partial[thread + 7 * Line] = sum7;
        Group.Barrier();
        for (int reach = Lanes / 2; reach > 0; reach /= 2)
        {
            for (int index = thread; lane < reach && index < GroupRows * Line; index += Line)
                partial[index] += partial[index + reach];
            Group.Barrier();
        }
        row += lane;
        if (lane < GroupRows && row < a.Rows && column < a.Outputs)
        {
            float value = a.Finish.Of(partial[lane * Line + thread - lane], row, column, a.Finish.Row(row));
            a.Y.StoreOne((long)row * a.Outputs + column, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot<T, TWeight>(FewArguments<T, TWeight> a, int row, int k, Float4 weights)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight>
    {
        if (row >= a.Rows)
            return 0;
        Float4 x = a.X.Quad(a.X.First(row), k).Values;
        return x.X * weights.X + x.Y * weights.Y + x.Z * weights.Z + x.W * weights.W;
    }

    private static void RunFewRows<T, TWeight>(IlgpuQueue queue, in FewArguments<T, TWeight> arguments)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight>
    {
        Index3D groups = new((arguments.Outputs + GroupColumns - 1) / GroupColumns, (arguments.Rows + GroupRows - 1) / GroupRows, 1);
        queue.Launch(LinearFewRows, new KernelConfig(groups, new Index3D(IlgpuQueue.GroupThreads, 1, 1)), arguments);
    }

    internal readonly record struct FewArguments<T, TWeight>(
        StoredRows<T> X, StoredRows<TWeight> Weight, StoredRows<T> Y, LinearFinish Finish, int Rows, int Outputs, int Inputs)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight>;
}
