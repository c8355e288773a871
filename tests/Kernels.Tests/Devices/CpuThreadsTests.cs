using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels.Tests.Devices;

public sealed unsafe class CpuThreadsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void RunsEveryItemOnce(int count)
    {
        using var threads = new CpuThreads(count);
        var runs = new int[1000];
        fixed (int* counters = runs)
        {
            for (int items = 0; items <= runs.Length; items += 125)
            {
                Array.Clear(runs);
                threads.For(items, new Increment(counters));
                Assert.All(runs.Take(items), times => Assert.Equal(1, times));
                Assert.All(runs.Skip(items), times => Assert.Equal(0, times));
            }
        }
    }

    // More threads than processors, and pauses in which some fall asleep: no wake-up may be lost.
    [Fact]
    public void WakesEveryThreadEveryTime()
    {
        using var threads = new CpuThreads(6);
        var runs = new int[7];
        fixed (int* counters = runs)
        {
            for (int i = 0; i < 3000; i++)
            {
                threads.For(runs.Length, new Increment(counters));
                if (i % 50 == 0)
                    Thread.Sleep(1);
            }
        }
        Assert.All(runs, times => Assert.Equal(3000, times));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ThrowsWhatAnItemThrewAndGoesOn(int count)
    {
        using var threads = new CpuThreads(count);
        var error = Assert.Throws<InvalidOperationException>(() => threads.For(100, new Throw(7)));
        Assert.Equal("item 7", error.Message);
        var runs = new int[10];
        fixed (int* counters = runs)
            threads.For(10, new Increment(counters));
        Assert.All(runs, times => Assert.Equal(1, times));
    }

    [Fact]
    public void ThreadsStartWithTheWorkThatNeedsThemAndEndWithoutAny()
    {
        using var threads = new CpuThreads(5, TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, threads.Running);
        var runs = new int[100];
        fixed (int* counters = runs)
        {
            for (int round = 1; round <= 20; round++)
            {
                threads.For(1, new Increment(counters));
                threads.For(runs.Length, new Increment(counters));
                if (round % 5 == 0)
                    WaitUntil(() => threads.Running == 0);
            }
        }
        Assert.All(runs.Skip(1), times => Assert.Equal(20, times));
    }

    [Fact]
    public void TwoItemsStartOneHelper()
    {
        using var threads = new CpuThreads(900);
        var runs = new int[2];
        fixed (int* counters = runs)
            threads.For(2, new Increment(counters));
        Assert.Equal(1, threads.Running);
    }

    [Fact]
    public void AForgottenTeamIsCollected()
    {
        WeakReference forgotten = Forget();
        WaitUntil(() =>
        {
            GC.Collect();
            return !forgotten.IsAlive;
        });
        Assert.False(forgotten.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Forget()
        {
            var threads = new CpuThreads(3, TimeSpan.FromMilliseconds(1));
            var seen = new nint[3];
            fixed (nint* addresses = seen)
                threads.For(10, new TakeScratch(addresses));
            return new WeakReference(threads);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ASecondCallerIsRefusedAndTheFirstGoesOn(int count)
    {
        using var threads = new CpuThreads(count);
        var runs = new int[20];
        fixed (int* counters = runs)
        {
            var work = new Increment(counters);
            Occupied.Other = () => threads.For(20, work);
            Occupied.Refused = 0;
            threads.For(count, new Occupied());
            Assert.Equal(count, Occupied.Refused);
            threads.For(20, work);
        }
        Assert.All(runs, times => Assert.Equal(1, times));
    }

    [Fact]
    public void ADisposedTeamRefusesWork()
    {
        var threads = new CpuThreads(2);
        threads.Dispose();
        threads.Dispose();
        Assert.Throws<ObjectDisposedException>(() => threads.For(3, new Throw(0)));
    }

    [Fact]
    public void ScratchIsAlignedAndStays()
    {
        using var threads = new CpuThreads(1);
        var seen = new nint[3];
        fixed (nint* addresses = seen)
            threads.For(1, new TakeScratch(addresses));
        Assert.All(seen, address => Assert.Equal(0, address % 64));
        Assert.Equal(seen[1], seen[2]); // asked for less: the same block
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100_000)]
    public void RefusesAbsurdCounts(int count) => Assert.Throws<ArgumentOutOfRangeException>(() => new CpuThreads(count));

    private static void WaitUntil(Func<bool> holds) => Assert.True(SpinWait.SpinUntil(holds, TimeSpan.FromMinutes(1)));

    // Each item calls from a thread of its own, and from its own.
    private readonly struct Occupied : IParallelBody
    {
        public static int Refused;

        public static Action Other { get; set; } = null!;

        public void Run(int item, CpuWorker worker)
        {
            bool own = IsRefused(), other = false;
            var caller = new Thread(() => other = IsRefused());
            caller.Start();
            caller.Join();
            if (own && other)
                Interlocked.Increment(ref Refused);
        }

        private static bool IsRefused()
        {
            try
            {
                Other();
                return false;
            }
            catch (InvalidOperationException exception)
            {
                return exception.Message.StartsWith("One caller at a time", StringComparison.Ordinal);
            }
        }
    }

    private readonly struct Increment(int* counters) : IParallelBody
    {
        public void Run(int item, CpuWorker worker) => Interlocked.Increment(ref counters[item]);
    }

    private readonly struct Throw(int which) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            if (item == which)
                throw new InvalidOperationException($"item {item}");
        }
    }

    private readonly struct TakeScratch(nint* addresses) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            addresses[0] = (nint)worker.Scratch(100);
            addresses[1] = (nint)worker.Scratch(10_000);
            addresses[2] = (nint)worker.Scratch(50);
        }
    }
}
