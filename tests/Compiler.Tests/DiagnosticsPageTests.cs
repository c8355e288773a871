using System.Reflection;
using CogVideoX.Compiler.Diagnostics;

namespace CogVideoX.Compiler.Tests;

/// <summary>docs/diagnostics.md lists every diagnostic, word for word.</summary>
public sealed class DiagnosticsPageTests
{
    [Fact]
    public void ThePageListsEveryDiagnostic()
    {
        DiagnosticKind[] kinds =
        [
            .. typeof(DiagnosticKinds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (DiagnosticKind)f.GetValue(null)!),
        ];
        string[] rows =
        [
            .. File.ReadAllLines(Path.Combine(Root(), "docs", "diagnostics.md"))
                .Where(l => l.StartsWith("| CVX", StringComparison.Ordinal)),
        ];
        Assert.Equal(
            kinds.Select(k => $"| {k.Number} | {k.Format.Replace("|", "\\|", StringComparison.Ordinal)} |").Order(StringComparer.Ordinal),
            rows);
        Assert.Equal(kinds.Length, kinds.DistinctBy(k => k.Number).Count());
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CogVideoX.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
