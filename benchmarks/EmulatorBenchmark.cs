using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;

namespace CogVideoX.Benchmarks;

/// <summary>
/// Thread-instructions a second of the emulator by what a kernel does, beside another build of it: both run in turns in one process, and
/// their results must be the same bytes.
/// </summary>
internal static class EmulatorBenchmark
{
    private const int BufferBytes = 4096;
    private const int Rounds = 7;

    /// <param name="baseline">folder of another build's CogVideoX.Emulator.dll, or null</param>
    public static void Run(string? baseline)
    {
        var now = new Build(Path.Combine(AppContext.BaseDirectory, "CogVideoX.Emulator.dll"));
        Build? before = baseline is null ? null : new Build(Path.GetFullPath(Path.Combine(baseline, "CogVideoX.Emulator.dll")));
        Console.WriteLine($"{"",-22}{"M/s now",10}{(before is null ? "" : "M/s before"),12}{(before is null ? "" : "ratio"),8}");
        foreach (EmulatorKernel kernel in EmulatorKernel.All)
        {
            var mine = new Turn(now, kernel);
            Turn? other = before is null ? null : new Turn(before, kernel);
            for (int i = 0; i <= Rounds; i++)
            {
                mine.Run(counts: i > 0);
                other?.Run(counts: i > 0);
            }
            if (other is not null && !mine.Y.AsSpan().SequenceEqual(other.Y))
                throw new InvalidOperationException($"{kernel.Name}: the two builds disagree");
            double rate = mine.Instructions / mine.Seconds / 1e6, was = other is null ? 0 : other.Instructions / other.Seconds / 1e6;
            Console.WriteLine($"{kernel.Name,-22}{rate,10:F1}" + (other is null ? "" : $"{was,12:F1}{rate / was,8:F1}"));
        }
    }

    /// <summary>An emulator as an assembly of its own, so that two can be in one process.</summary>
    private sealed class Build
    {
        private readonly Assembly assembly;

        public Build(string path) => assembly = new AssemblyLoadContext(path).LoadFromAssemblyPath(path);

        public Type Type(string name) => assembly.GetType("CogVideoX.Emulator." + name, throwOnError: true)!;
    }

    /// <summary>One kernel in one build; the fastest turn counts.</summary>
    private sealed class Turn
    {
        private readonly Build build;
        private readonly EmulatorKernel kernel;
        private readonly object module;
        private readonly MethodInfo run;

        public Turn(Build build, EmulatorKernel kernel)
        {
            this.build = build;
            this.kernel = kernel;
            module = Method("PtxModule", "Parse").Invoke(null, [kernel.Ptx])!;
            run = Method("PtxEmulator", "Run");
        }

        public byte[] Y { get; private set; } = [];

        public double Seconds { get; private set; } = double.PositiveInfinity;

        public long Instructions { get; private set; }

        public void Run(bool counts)
        {
            Y = new byte[BufferBytes];
            var buffers = new Dictionary<string, byte[]> { ["x"] = new byte[BufferBytes], ["y"] = Y };
            Type argument = build.Type("LaunchArgument"), buffer = argument.GetNestedType("Buffer")!;
            var arguments = Array.CreateInstance(argument, 2);
            arguments.SetValue(Activator.CreateInstance(buffer, "x"), 0);
            arguments.SetValue(Activator.CreateInstance(buffer, "y"), 1);
            object request =
                Activator.CreateInstance(build.Type("LaunchRequest"), "k", Size(1), Size(kernel.Threads), 0, arguments, buffers)!;
            long start = Stopwatch.GetTimestamp();
            object report = run.Invoke(null, [module, request, Options()])!;
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (Get(report, "Fault") is { } fault)
                throw new InvalidOperationException($"{kernel.Name}: {fault}");
            Instructions = (long)Get(Get(report, "Counters")!, "ThreadInstructions")!;
            if (counts)
                Seconds = Math.Min(Seconds, seconds);
        }

        /// <summary>Limits out of the way; an older build names them otherwise.</summary>
        private object Options()
        {
            object options = Activator.CreateInstance(build.Type("LaunchOptions"))!;
            foreach (PropertyInfo limit in options.GetType().GetProperties().Where(p => p.Name.StartsWith("Max", StringComparison.Ordinal)))
                limit.SetValue(options, Convert.ChangeType(2_000_000_000, limit.PropertyType, null));
            return options;
        }

        private object Size(int x) => Activator.CreateInstance(build.Type("Dim3"), x, 1, 1)!;

        private MethodInfo Method(string type, string name) => build.Type(type).GetMethods().Single(m => m.Name == name);

        private static object? Get(object from, string name) => from.GetType().GetProperty(name)!.GetValue(from);
    }
}
