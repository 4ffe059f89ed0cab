using Tallygate.Cli;

return await Commands.RunAsync(args);
