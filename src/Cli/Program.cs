using Tallygate.Model;

Console.WriteLine($"tallygate {typeof(Labels).Assembly.GetName().Version}");
