using System.Text.Json;

namespace CogVideoX.Emulator.Tests;

/// <summary>
/// Estimated registers beside those that ptxas -v 13 tells (registers-13.json): modules of nvcc, of our compiler, of trials.
/// </summary>
public class RegisterEstimateTests(ITestOutputHelper output)
{
    private static readonly string Folder = Path.Combine(Goldens.Cases, "registers");

    [Fact]
    public void NineInTenAreNear()
    {
        using JsonDocument table = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "registers-13.json")));
        int rows = 0, near = 0;
        foreach (JsonProperty module in table.RootElement.EnumerateObject())
        {
            PtxVerdict verdict = PtxCheck.Of(File.ReadAllText(PathOf(module.Name)));
            foreach (JsonProperty target in module.Value.EnumerateObject().Where(t => t.Value.ValueKind == JsonValueKind.Object))
            {
                foreach (JsonProperty entry in target.Value.EnumerateObject())
                {
                    if (entry.Value.ValueKind != JsonValueKind.Object || !entry.Value.TryGetProperty("registers", out JsonElement told))
                        continue;
                    int registers = told.GetInt32();
                    EntryRegisters estimate = Assert.Single(verdict.Entries, e => e.Entry == entry.Name);
                    rows++;
                    if (Math.Abs(estimate.Registers - registers) <= Math.Max(6, 0.12 * registers))
                        near++;
                    else
                        output.WriteLine($"{module.Name} {target.Name} {entry.Name}: {registers}, estimated {estimate.Registers}");
                }
            }
        }
        output.WriteLine($"{near} of {rows} within 12 % or 6");
        Assert.True(rows >= 190, $"{rows} rows");
        Assert.True(near >= 0.9 * rows, $"{near} of {rows}");
    }

    [Fact]
    public void TheBudgetIsThatOfTheOccupancy()
    {
        string sums = string.Join(' ', Enumerable.Range(1, 60).Select(i => $"ld.global.u32 %r{i}, [%rd1+{4 * i}];"))
            + string.Join(' ', Enumerable.Range(1, 60).Select(i => $"st.global.u32 [%rd1+{400 + 4 * i}], %r{i};"));
        Assert.Equal((255, false), Of("", sums));
        Assert.Equal((168, false), Of(".maxntid 384", sums));
        Assert.Equal((64, true), Of(".reqntid 512, 1, 1 .minnctapersm 2", sums));
        Assert.Equal((32, true), Of(".maxnreg 32", sums));
        Assert.Equal((24, false), Of(".maxnreg 1", ""));
        static (int, bool) Of(string directives, string body)
        {
            PtxVerdict verdict = PtxCheck.Of($$"""
                .version 8.0
                .target sm_80
                .visible .entry k(.param .u64 a) {{directives}}
                {
                .reg .b32 %r<64>; .reg .b64 %rd<2>;
                ld.param.u64 %rd1, [a];
                {{body}}
                ret;
                }
                """);
            EntryRegisters entry = Assert.Single(verdict.Entries);
            Assert.InRange(entry.Registers, 1, entry.Budget);
            return (entry.Budget, entry.MaySpill);
        }
    }

    /// <summary>Where a module of the table lies here.</summary>
    private static string PathOf(string name) => name.Split('/') switch
    {
        ["ptx-cases", var file] => Path.Combine(Goldens.Cases, file),
        ["trial", var file] => Path.Combine(Folder, "trial", file),
        [_, var file] => Path.Combine(Folder, "kernels", file),
        _ => throw new InvalidDataException(name),
    };
}
