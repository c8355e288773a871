namespace CogVideoX.Emulator.Tests;

/// <summary>
/// Instructions of ptxas's table, right and broken ones, run with registers that hold something: whatever happens is a fault or a refusal.
/// </summary>
public class PtxasRunTests(ITestOutputHelper output)
{
    /// <summary>Words are addresses in shared memory, longs those of a buffer.</summary>
    private static readonly string Registers = string.Join('\n', Enumerable.Range(0, 145).Select(i =>
        $"mov.u32 %r{i}, s; mov.f32 %f{i}, 0f3F800000;"))
        + string.Join('\n', Enumerable.Range(0, 65).Select(i => $"ld.param.u64 %rd{i}, [a];"))
        + string.Join('\n', Enumerable.Range(0, 33).Select(i => $"mov.b16 %h{i}, 3; mov.f64 %fd{i}, 0d3FF0000000000000;"))
        + string.Join('\n', Enumerable.Range(0, 9).Select(i => $"setp.eq.u32 %p{i}, 1, 1;"))
        + "mov.u32 %r144, %tid.x; shl.b32 %r144, %r144, 2; add.u32 %r144, %r144, %r0; st.shared.u32 [%r144], 1; bar.sync 0;\n";

    private static readonly PtxasRow[] Rows = [.. PtxasRow.Read(Path.Combine(Goldens.Cases, "ptxas-13.jsonl")).Where(r =>
        r.Wrap == "entry")];

    /// <summary>How it ended: "ran", "refused", or the fault.</summary>
    private static string Run(PtxasRow row, int seed, AsyncTiming timing)
    {
        var buffers = new Dictionary<string, byte[]> { ["a"] = new byte[2048] };
        var request = new LaunchRequest("k", new Dim3(1), new Dim3(32), 256,
            [new LaunchArgument.Buffer("a"), new LaunchArgument.Value(new byte[4]), new LaunchArgument.Value(new byte[128])], buffers);
        var options = new LaunchOptions { Seed = seed, Timing = timing, MaxLaunchInstructions = 5000 };
        try
        {
            return PtxEmulator.Run(PtxModule.Parse((row with { Text = Registers + row.Text }).Module), request, options).Fault?.ToString()
                ?? "ran";
        }
        catch (EmulatorException)
        {
            return "refused";
        }
    }

    [Fact]
    public void WhatPtxasTakesRunsOrFaults()
    {
        int ran = 0;
        foreach (PtxasRow row in Rows.Where(r => r.Accepts))
        {
            string end = Run(row, 1, AsyncTiming.Random);
            if (end == "ran")
                ran++;
            else
                output.WriteLine($"{end}\t{row.Text.ReplaceLineEndings(" ")}");
        }
        Assert.InRange(ran, 1500, Rows.Length);
    }

    [Fact]
    public void BrokenLinesRunOrFaultToo()
    {
        var random = new Random(3);
        string[] words = [.. Rows.SelectMany(r => r.Text.Split(' ', ',', ';', '.')).Where(w => w.Length > 0).Distinct()];
        for (int round = 0; round < 1500; round++)
        {
            var lines = new List<string>();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                string text = Rows[random.Next(Rows.Length)].Text;
                for (int change = random.Next(3); change > 0; change--)
                {
                    string[] pieces = text.Split('.', ' ');
                    text = text.Replace(pieces[random.Next(pieces.Length)] is { Length: > 0 } piece ? piece : " ",
                        words[random.Next(words.Length)]);
                }
                lines.Add(text);
            }
            Run(Rows[0] with { Text = string.Join('\n', lines), Target = "sm_90a", Version = "9.0" }, round, (AsyncTiming)(round % 3));
        }
    }
}
