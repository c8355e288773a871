using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Kernels.Tests.Gpu.BugReports;

/// <summary>Control flow that other compilers got wrong when they unrolled (ILGPU 292, 652, 846, 1330): as on the host.</summary>
public sealed class LoopTests
{
    private const int Count = 64;

    [Theory]
    [InlineData(typeof(Loops<Inclusive>))]
    [InlineData(typeof(Loops<Downwards>))]
    [InlineData(typeof(Loops<Continues>))]
    [InlineData(typeof(Loops<Breaks>))]
    [InlineData(typeof(Loops<BreaksOutOfRegisters>))]
    [InlineData(typeof(Loops<LeavesTwoLoops>))]
    [InlineData(typeof(Loops<Switches>))]
    [InlineData(typeof(Loops<SwitchesWithGoto>))]
    [InlineData(typeof(Loops<TestsAtTheEnd>))]
    [InlineData(typeof(Loops<UnknownLength>))]
    public void AreAsOnTheHost(Type kernel)
    {
        int[] x = [.. Enumerable.Range(0, Count).Select(i => i < 8 ? i - 2 : (i * 7919) ^ (i << 11))], y = new int[Count];
        Assert.Null(new EmulatedLaunch(kernel).View(x).View(y).Run(new Dim3(1, 1, 1)).Fault);
        var onHost = kernel.GetGenericArguments()[0].GetMethod(nameof(IWork.Of))!.CreateDelegate<Func<int, int>>();
        Assert.Equal(x.Select(onHost), y);
    }

    internal interface IWork
    {
        static abstract int Of(int x);
    }

    internal readonly struct Loops<TWork>(View<int> x, View<int> y) : IKernel
        where TWork : IWork
    {
        public static Block Block => new(Count);

        public void Run() => y[Block.ThreadX] = TWork.Of(x[Block.ThreadX]);
    }

    internal readonly struct Inclusive : IWork
    {
        public static int Of(int x)
        {
            int sum = 0;
            for (int i = 0; i <= 7; i++)
                sum += x * i;
            for (uint i = 3; i <= 5; i++)
                sum ^= (int)i << 20;
            return sum;
        }
    }

    internal readonly struct Downwards : IWork
    {
        public static int Of(int x)
        {
            int sum = 0;
            for (int i = 10; i >= 0; i -= 3)
                sum = sum * 31 + (x >> i);
            return sum;
        }
    }

    internal readonly struct Continues : IWork
    {
        public static int Of(int x)
        {
            int last = -1, sum = 0;
            for (int i = 0; i < 10; i++)
            {
                if ((x >> i & 1) == 0)
                    continue;
                last = i;
                sum += last * i;
            }
            return sum * 100 + last;
        }
    }

    internal readonly struct Breaks : IWork
    {
        public static int Of(int x)
        {
            int i = 0, sum = 0;
            for (; i < 16; i++)
            {
                if (x % (i + 2) == 0)
                    break;
                sum += i;
            }
            return sum * 32 + i;
        }
    }

    /// <summary>The index makes the loop one that must be unrolled.</summary>
    internal readonly struct BreaksOutOfRegisters : IWork
    {
        public static int Of(int x)
        {
            Span<int> own = stackalloc int[6];
            int i = 0;
            for (; i < own.Length; i++)
            {
                own[i] = x * i;
                if ((own[i] & 15) == 15)
                    break;
            }
            return own[0] + own[1] + own[3] * own[5] + i;
        }
    }

    internal readonly struct LeavesTwoLoops : IWork
    {
        public static int Of(int x)
        {
            int sum = 0;
            for (int i = 0; i < 5; i++)
            {
                for (int k = 0; k < 5; k++)
                {
                    if ((x + i) % 3 == 1)
                        break;
                    if (((x ^ k) & 31) == 9)
                        goto done;
                    if (k == i)
                        continue;
                    sum += i * 8 + k;
                }
            }
            return sum;
        done:
            return -sum;
        }
    }

    internal readonly struct Switches : IWork
    {
        public static int Of(int x)
        {
            int sum = 0;
            for (int i = 0; i < 6; i++)
            {
                switch ((x + i) & 7)
                {
                    case 0: sum += 1; break;
                    case 1: case 2: sum *= 3; break;
                    case 3: continue;
                    case 4: return sum;
                    case 6: sum -= x; break;
                    default: sum ^= i; break;
                }
                sum++;
            }
            return sum;
        }
    }

    internal readonly struct SwitchesWithGoto : IWork
    {
        public static int Of(int x)
        {
            int sum = x;
            switch (x & 3)
            {
                case 0: sum += 5; goto case 2;
                case 1: sum -= 7; goto default;
                case 2: sum *= 11; break;
                default: sum = ~sum; break;
            }
            return sum;
        }
    }

    internal readonly struct TestsAtTheEnd : IWork
    {
        public static int Of(int x)
        {
            int i = 0, sum = 0;
            do
            {
                sum += (x >> i) & 3;
                if (sum == 5)
                    continue;
                sum++;
            }
            while (++i <= 4);
            return sum * 8 + i;
        }
    }

    internal readonly struct UnknownLength : IWork
    {
        public static int Of(int x)
        {
            int sum = 0;
            for (int i = 0; i <= (x & 15); i++)
            {
                if (i == 3)
                    continue;
                if (i == 12)
                    break;
                sum = sum * 5 + i;
            }
            return sum;
        }
    }
}
