using System.Runtime.CompilerServices;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Tests.Frontend;

/// <content>Kernels whose faults are found behind the frontend.</content>
public sealed partial class DiagnosticsTests
{
    internal readonly struct UnknownIndex(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Registers<int> own = Registers.Of<int>(4);
            own[x[0]] = 5; // CVX2001
            x[1] = own[2];
        }
    }

    internal readonly struct LongLoop(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Registers<int> own = Registers.Of<int>(2000);
            for (int i = 0; i < 2000; i++)
                own[i] = x[i]; // CVX2001
            x[1] = own[2];
        }
    }

    internal readonly struct UnrollsTooFar(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Registers<int> own = Registers.Of<int>(1000);
            for (int k = 0; k < 1000; k++) // CVX2002
            {
                for (int i = 0; i < 1000; i++)
                    own[(i + k) % 1000] += x[k];
            }
            for (int i = 0; i < 1000; i++)
                x[i] = own[i];
        }
    }

    internal readonly struct NeedsHopper(View<uint> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Cluster.Rank; // CVX3001
    }

    internal readonly struct UnknownImmediate(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => AsyncCopy.WaitGroup(x[0]); // CVX3002
    }

    internal readonly struct TooMuchShared(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Shared<int> few = Shared.Array<int>(8);
            Shared<int> many = Shared.Array<int>(13000); // CVX3003
            many[Block.ThreadX] = few[0] = x[0];
        }
    }

    internal readonly struct ClusterOnOldTarget(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public static Block ClusterShape => new(2);

        public void Run() => x[0] = 1; // CVX3005
    }

    [InlineArray(1200)]
    internal struct Large
    {
        private int first;
    }

    internal readonly struct LargeParameter(View<int> x, Large large) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = large[1]; // CVX3007
    }

    internal readonly struct FewRegisters(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public static int MaximumRegisters => 8;

        public void Run() => x[0] = 1; // CVX3008
    }
}
